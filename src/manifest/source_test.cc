#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "manifest/manifest.h"

namespace rdsteady::manifest {
namespace {

class DiskFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "rdsteady-source-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, std::string_view text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  std::string Fault(const std::string& path) {
    const Result<std::string> text = files_.Read(path);
    return text ? "" : text.error().message;
  }

  std::filesystem::path folder_;
  DiskFileSource files_;
};

TEST_F(DiskFiles, AreReadWhole) {
  EXPECT_EQ(files_.Read(Write("a.yaml", "a: 1\r\n\xFF")).value(), "a: 1\r\n\xFF");
}

TEST_F(DiskFiles, WhyTheyCannotBeReadIsSaid) {
  EXPECT_EQ(Fault(folder_ / "none.yaml"), "no such file");
  EXPECT_EQ(Fault(folder_), "a folder, not a file");
  EXPECT_EQ(Fault(Write("a.yaml", "a: 1") + "/b.yaml"), "cannot be read: Not a directory");
  if (geteuid() != 0) {  // root reads everything
    const std::string secret = Write("secret.yaml", "a: 1");
    chmod(secret.c_str(), 0);
    EXPECT_EQ(Fault(secret), "no permission to read it");
  }
}

// Sparse: it takes no room, and is refused by its size before anything is read.
TEST_F(DiskFiles, Of70MegabytesAreRefused) {
  const std::string path = Write("large.yaml", "a: 1\n");
  std::filesystem::resize_file(path, 70'000'000);
  EXPECT_EQ(Fault(path), "larger than 64 MiB");
  const LoadOutcome outcome = Load({path}, files_);
  EXPECT_EQ(RenderDiagnostics(outcome.diagnostics), path + ": error: larger than 64 MiB\n1 error\n");
}

TEST_F(DiskFiles, AnEndlessOneIsRefused) {
  EXPECT_EQ(Fault("/dev/zero"), "larger than 64 MiB");
}

TEST_F(DiskFiles, OfAFolderAreListedInOrder) {
  for (const char* name : {"b.yml", "a.yaml", "c.json", "C.JSON", "d.txt", ".hidden.yaml", "e.yaml~"})
    Write(name, "");
  std::filesystem::create_directory(folder_ / "sub.yaml");
  const auto listed = files_.List(folder_);
  ASSERT_TRUE(listed.has_value());
  EXPECT_THAT(*listed,
              testing::ElementsAre(folder_ / "C.JSON", folder_ / "a.yaml", folder_ / "b.yml", folder_ / "c.json"));
  EXPECT_FALSE(files_.List(folder_ / "a.yaml").has_value());
  EXPECT_FALSE(files_.List(folder_ / "none").has_value());
}

}  // namespace
}  // namespace rdsteady::manifest
