#include "local/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace rdsteady::local {

static bool operator==(const Record& a, const Record& b) {
  return a.key == b.key && a.body == b.body;
}

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/rdsteady-store-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    path_ = folder_ + "/state.sqlite";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Sql(const std::string& sql) const {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(db);
  }

  std::string folder_;
  std::string path_;
};

TEST_F(StoreTest, KeepsWhatWasWrittenAcrossOpenings) {
  {
    auto store = Store::Open(path_);
    ASSERT_TRUE(store) << Describe(store.error());
    const std::vector<Record> first{{"b", "2"}, {"a", "1"}, {"c", "3"}};
    ASSERT_TRUE((*store)->Write(first));
    const std::vector<Record> second{{"a", "one"}, {"c", ""}};
    ASSERT_TRUE((*store)->Write(second));
    ASSERT_TRUE((*store)->SetMeta("port", "4711"));
    ASSERT_TRUE((*store)->SetMeta("port", "4712"));
  }
  auto store = Store::Open(path_);
  ASSERT_TRUE(store) << Describe(store.error());
  auto records = (*store)->Load();
  ASSERT_TRUE(records);
  EXPECT_THAT(*records, ElementsAre(Record{"a", "one"}, Record{"b", "2"}));
  EXPECT_EQ((*store)->Meta("port").value(), "4712");
  EXPECT_EQ((*store)->Meta("nothing").value(), std::nullopt);
}

TEST_F(StoreTest, IsReadableByItsOwnerOnly) {
  ASSERT_TRUE(Store::Open(path_));
  struct stat info{};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600);
}

TEST_F(StoreTest, ANewerFormatIsRefusedAndNotTouched) {
  ASSERT_TRUE(Store::Open(path_));
  Sql("PRAGMA user_version=2");
  auto store = Store::Open(path_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().message, path_ + ": the state was written by a newer rdsteady (format 2, this one reads 1)");
  EXPECT_EQ(store.error().category, ErrorCategory::kUsage);
}

TEST_F(StoreTest, AnotherProgramsDatabaseIsRefused) {
  Sql("CREATE TABLE t(x)");
  auto store = Store::Open(path_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().message, path_ + ": this is a database of another program");
}

TEST_F(StoreTest, TextInPlaceOfADatabaseIsDamage) {
  std::ofstream(path_) << std::string(8192, 'x');
  auto store = Store::Open(path_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().message, path_ + ": the local RDS's state is damaged (file is not a database)");
  EXPECT_THAT(store.error().hint, HasSubstr("rdsteady local reset"));
}

TEST_F(StoreTest, ABrokenPageIsDamage) {
  {
    auto store = Store::Open(path_);
    ASSERT_TRUE(store);
    std::vector<Record> records;
    for (int i = 0; i < 500; ++i)
      records.push_back({"key" + std::to_string(i), std::string(200, 'v')});
    ASSERT_TRUE((*store)->Write(records));
  }
  const auto size = std::filesystem::file_size(path_);
  ASSERT_GT(size, 40'000U);
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(12'288);
    file << std::string(8'192, '\xff');
  }
  auto store = Store::Open(path_);
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message, HasSubstr("the local RDS's state is damaged ("));
}

TEST_F(StoreTest, AFolderThatIsNotThereIsNamed) {
  auto store = Store::Open(folder_ + "/none/state.sqlite");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().message, folder_ + "/none/state.sqlite: cannot open the state: No such file or directory");
}

}  // namespace
}  // namespace rdsteady::local
