// Loading: files and folders, what they include, and the resources that they state together.
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "base/suggest.h"
#include "base/text.h"
#include "manifest/encoding.h"
#include "manifest/graph.h"
#include "manifest/manifest.h"
#include "manifest/policy_reader.h"
#include "manifest/resource.h"
#include "manifest/scalar.h"
#include "manifest/settings.h"
#include "manifest/variables.h"
#include "manifest/yaml.h"

namespace rdsteady::manifest {
namespace {

using model::Kind;

struct File {
  std::unique_ptr<Document> document;
  std::vector<std::size_t> includes{};     // indices of the files that it names
  std::map<const Kind*, Body> defaults{};  // its own
  const Kind* dictionary_of = nullptr;     // it is a script's bare dictionary
};

SourceSpan AtFile(const std::string& path) {
  return {std::make_shared<const SourceFile>(SourceFile{path, {}}), 0, 0, 1};
}

std::vector<std::string_view> KindNames() {
  std::vector<std::string_view> names;
  for (const Kind* kind : model::Kinds())
    names.push_back(kind->name);
  return names;
}

class Loader {
 public:
  Loader(const FileSource& source, const LoadOptions& options) : source_(source), variables_{options.vars} {}

  LoadOutcome Run(const std::vector<std::string>& paths) && {
    for (const std::string& path : paths)
      LoadPath(path, AtFile(path));
    for (File& file : files_)
      ReadDefaults(file);
    for (std::size_t i = 0; i < files_.size(); ++i)
      ReadFile(i);
    for (const auto& [name, value] : variables_.given)
      CheckUsed(name);
    RefuseTwins(manifest_.resources, faults_);
    Order(manifest_.resources, faults_);
    CheckDictionary();
    LoadOutcome outcome;
    const bool good = faults_.errors() == 0;
    outcome.diagnostics = std::move(faults_).Take();
    if (good) outcome.manifest = std::move(manifest_);
    return outcome;
  }

 private:
  // A file or a folder. Returns the files' indices.
  std::vector<std::size_t> LoadPath(const std::string& path, const SourceSpan& named_at) {
    std::vector<std::size_t> loaded;
    const std::optional<std::vector<std::string>> listed = source_.List(path);
    if (!listed) {
      if (const std::optional<std::size_t> file = LoadFile(path, named_at)) loaded.push_back(*file);
      return loaded;
    }
    if (listed->empty()) {
      faults_.Error(named_at.line == 0 ? AtFile(path) : named_at,
                    named_at.line == 0 ? "the folder holds no manifest" : fmt::format("'{}' holds no manifest", path),
                    "a manifest's name ends in .yaml, .yml or .json");
    }
    for (const std::string& file : *listed) {
      if (const std::optional<std::size_t> index = LoadFile(file, AtFile(file))) loaded.push_back(*index);
    }
    return loaded;
  }

  // A file that is named several times, by whatever path, is read once. Included files come before those that name
  // them. nullopt: unreadable, or being read already.
  std::optional<std::size_t> LoadFile(const std::string& path, const SourceSpan& named_at) {
    const std::string normal = std::filesystem::path(path).lexically_normal().string();
    const auto [seen, inserted] = seen_.emplace(normal, std::nullopt);
    if (!inserted) return seen->second;
    const auto refuse = [&](const std::string& reason, std::string hint) {
      if (named_at.line == 0) faults_.Error(AtFile(path), reason, std::move(hint));
      else faults_.Error(named_at, fmt::format("'{}': {}", path, reason), std::move(hint));
      return std::nullopt;
    };
    if (seen_.size() > kMaxFiles) return refuse(fmt::format("more than {} files", kMaxFiles), {});
    Result<std::string> text = source_.Read(path);
    if (!text) return refuse(text.error().message, text.error().hint);
    if (text->size() > kMaxFileBytes) return refuse("larger than 64 MiB", {});
    const std::shared_ptr<const SourceFile> file = CheckedText(path, *std::move(text), faults_);
    if (file == nullptr) return std::nullopt;
    File loaded{.document = std::make_unique<Document>(ParseYaml(file, faults_))};
    const Node* root = loaded.document->root();
    if (root == nullptr || (root->IsScalar() && root->absent)) {
      if (!loaded.document->broken())
        faults_.Error(AtFile(path), "the file is empty", "a manifest names at least one resource");
      return std::nullopt;
    }
    if (!root->IsMap()) {
      faults_.Error(loaded.document->Span(*root), fmt::format("a manifest is a map, not {}", Describe(*root)),
                    "it begins with a key such as DBInstance:");
      return std::nullopt;
    }
    ReplaceVariables(*loaded.document, variables_, faults_);
    const Kind* dictionary = model::FindKind("DBInstance");
    if (const Entry* key = FindEntry(*root, dictionary->key); key != nullptr && key->value->IsScalar()) {
      loaded.dictionary_of = dictionary;
    } else if (const Entry* include = FindEntry(*root, "include")) {
      LoadIncludes(*include->value, loaded);
    }
    files_.push_back(std::move(loaded));
    seen_[normal] = files_.size() - 1;
    return files_.size() - 1;
  }

  void LoadIncludes(const Node& node, File& file) {
    const Reading reading{*file.document, faults_};
    std::vector<const Node*> names;
    if (!HasValue(reading, node, "include")) return;
    if (node.IsList()) names.assign(node.items().begin(), node.items().end());
    else names.push_back(&node);
    for (const Node* name : names) {
      const std::optional<std::string> path = ReadText(reading, *name, "include");
      if (!path) continue;
      const std::filesystem::path folder = std::filesystem::path(file.document->file()->path).parent_path();
      for (const std::size_t index : LoadPath((folder / *path).string(), file.document->Span(*name))) {
        file.includes.push_back(index);
      }
    }
  }

  void ReadDefaults(File& file) {
    const Node& root = *file.document->root();
    const Entry* defaults = file.dictionary_of == nullptr ? FindEntry(root, "defaults") : nullptr;
    const Reading reading{*file.document, faults_};
    if (defaults == nullptr || !HasValue(reading, *defaults->value, "defaults")) return;
    if (!defaults->value->IsMap()) {
      return Refuse(reading, *defaults->value, fmt::format("defaults takes a map, not {}", Describe(*defaults->value)),
                    "write the defaults below their kind");
    }
    for (const Entry& entry : defaults->value->entries()) {
      const Kind* kind = model::FindKind(entry.key->text());
      if (kind == nullptr) {
        if (!entry.key->text().starts_with("x-")) UnknownKind(reading, *entry.key, KindNames());
      } else if (HasValue(reading, *entry.value, fmt::format("defaults of {}", kind->name))) {
        if (!entry.value->IsMap()) {
          Refuse(reading, *entry.value,
                 fmt::format("defaults of {} are a map, not {}", kind->name, Describe(*entry.value)));
        } else {
          file.defaults.emplace(kind, ReadBody(reading, *kind, nullptr, *entry.value, BodyOf::kDefaults));
        }
      }
    }
  }

  // The defaults for resources of this file: its own first, then those of the files that it includes, in their order.
  void CollectDefaults(std::size_t index, std::set<std::size_t>& seen, std::vector<const File*>& out) const {
    if (!seen.insert(index).second) return;
    out.push_back(&files_[index]);
    for (const std::size_t included : files_[index].includes)
      CollectDefaults(included, seen, out);
  }

  void ReadFile(std::size_t index) {
    const File& file = files_[index];
    const Node& root = *file.document->root();
    const Reading reading{*file.document, faults_, file.dictionary_of != nullptr};
    if (file.dictionary_of != nullptr) return ReadDictionary(file, reading, root);
    std::set<std::size_t> seen;
    std::vector<const File*> defaults;
    CollectDefaults(index, seen, defaults);
    for (const Entry& entry : root.entries()) {
      const std::string_view key = entry.key->text();
      if (const Kind* kind = model::FindKind(key)) ReadKind(reading, *kind, entry, defaults);
      else ReadTop(reading, entry);
    }
  }

  void ReadTop(const Reading& reading, const Entry& entry) {
    const std::string_view key = entry.key->text();
    if (key == "vars" || key == "defaults" || key == "include" || key.starts_with("x-")) return;
    if (key == "region")
      return ReadOnce(reading, entry, manifest_.region, "a region's name such as us-east-1", IsRegion);
    if (key == "account") return ReadOnce(reading, entry, manifest_.account, "12 digits", IsAccount);
    if (key == "policy") {
      manifest_.policy.Add(ReadPolicy(reading, *entry.value, PolicyOf::kManifest));
    } else if (key == "wait") {
      const WaitSettings wait = ReadWait(reading, *entry.value);
      if (wait.delay) manifest_.wait.delay = wait.delay;
      if (wait.max_attempts) manifest_.wait.max_attempts = wait.max_attempts;
      if (wait.timeout) manifest_.wait.timeout = wait.timeout;
    } else {
      std::vector<std::string_view> known = KindNames();
      known.insert(known.end(), kTopKeys.begin(), kTopKeys.end());
      UnknownKind(reading, *entry.key, known);
    }
  }

  static bool IsAccount(std::string_view text) {
    return text.size() == 12 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  }
  static bool IsRegion(std::string_view text) {
    return std::ranges::all_of(text,
                               [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-'; }) &&
           text.contains('-') && !text.starts_with('-') && !text.ends_with('-');
  }

  // region and account: any file may state them, and all that do must agree.
  void ReadOnce(const Reading& reading, const Entry& entry, std::string& target, std::string_view form,
                bool (*good)(std::string_view)) {
    const std::string key(entry.key->text());
    const std::optional<std::string> text = ReadText(reading, *entry.value, key);
    if (!text) return;
    if (!good(*text)) return Refuse(reading, *entry.value, fmt::format("{} takes {}, not '{}'", key, form, *text));
    if (!target.empty() && target != *text) {
      faults_.Error(reading.document.Span(*entry.value),
                    fmt::format("{} is '{}' here and '{}' elsewhere", key, *text, target), "one run has one of them",
                    {{"elsewhere", first_stated_[key]}});
      return;
    }
    if (target.empty()) first_stated_[key] = reading.document.Span(*entry.value);
    target = *text;
  }

  void UnknownKind(const Reading& reading, const Node& key, const std::vector<std::string_view>& known) {
    const std::string_view name = key.text();
    const model::Shape* shape = model::FindShape(name);
    if (shape != nullptr && shape->type == model::ShapeType::kStructure) {
      return Refuse(reading, key, fmt::format("kind '{}' is not supported yet", name),
                    fmt::format("this version knows {}", QuotedAlternatives(KindNames())));
    }
    const bool ours = !name.empty() && name.front() >= 'a' && name.front() <= 'z';
    std::string hint = SuggestName(name, known);
    const KindTypes& instance = KindTypes::Of(*model::FindKind("DBInstance"));
    if (hint.empty() && instance.Find(name) != nullptr) {
      hint = fmt::format("it is a property of DBInstance: write it below DBInstance: and the database's name");
    }
    Refuse(reading, key, fmt::format("unknown {} '{}'", ours ? "key" : "kind", name), std::move(hint));
  }

  void ReadKind(const Reading& reading, const Kind& kind, const Entry& entry,
                const std::vector<const File*>& defaults) {
    if (!HasValue(reading, *entry.value, kind.name, "write resources below it, or remove the line")) return;
    if (!entry.value->IsMap()) {
      return Refuse(reading, *entry.value,
                    fmt::format("{} takes a map of names, not {}", kind.name, Describe(*entry.value)),
                    "write each resource's name as a key");
    }
    for (const Entry& resource : entry.value->entries()) {
      if (resource.key->text().starts_with("x-") && !resource.value->IsMap()) continue;
      const std::string id = fmt::format("{}/{}", kind.name, resource.key->text());
      if (!HasValue(reading, *resource.value, id, "write its properties below it")) continue;
      if (!resource.value->IsMap()) {
        Refuse(reading, *resource.value,
               fmt::format("{} takes a map of properties, not {}", id, Describe(*resource.value)));
        continue;
      }
      Body body = ReadBody(reading, kind, resource.key, *resource.value, BodyOf::kResource);
      for (const File* file : defaults) {
        const auto found = file->defaults.find(&kind);
        if (found != file->defaults.end()) ApplyDefaults(found->second, body);
      }
      CheckResource(body, faults_);
      manifest_.resources.push_back(std::move(body.resource));
    }
  }

  void ReadDictionary(const File& file, const Reading& reading, const Node& root) {
    Body body = ReadBody(reading, *file.dictionary_of, nullptr, root, BodyOf::kDictionary);
    CheckResource(body, faults_);
    manifest_.bare_dictionary = true;
    manifest_.apply_immediately = body.apply_immediately;
    dictionaries_.push_back(body.resource.where);
    manifest_.resources.push_back(std::move(body.resource));
  }

  // ApplyImmediately of a script speaks of its one database; beside other files nobody could tell what it is about.
  void CheckDictionary() {
    if (dictionaries_.empty() || files_.size() == 1) return;
    faults_.Error(dictionaries_.front(),
                  "a script's dictionary is a manifest of its own and stands beside no other file",
                  "give it alone, or write it as DBInstance: and the database's name");
  }

  void CheckUsed(const std::string& name) {
    if (variables_.used.contains(name)) return;
    if (std::ranges::any_of(files_, [](const File& file) { return file.document->broken(); })) return;
    std::vector<std::string_view> known(variables_.known.begin(), variables_.known.end());
    faults_.Error({}, fmt::format("no file uses the variable '{}', which --var gives", name), SuggestName(name, known));
  }

  static void Refuse(const Reading& reading, const Node& node, std::string message, std::string hint = {}) {
    reading.faults.Error(reading.document.Span(node), std::move(message), std::move(hint));
  }

  static constexpr std::size_t kMaxFiles = 10'000;

  const FileSource& source_;
  Faults faults_;
  Variables variables_;
  std::vector<File> files_;  // included ones first
  std::map<std::string, std::optional<std::size_t>> seen_;
  std::map<std::string, SourceSpan> first_stated_;
  std::vector<SourceSpan> dictionaries_;
  Manifest manifest_;
};

}  // namespace

LoadOutcome Load(const std::vector<std::string>& paths, const FileSource& source, const LoadOptions& options) {
  return Loader(source, options).Run(paths);
}

std::string RenderDiagnostics(const std::vector<Diagnostic>& diagnostics) {
  return Render(diagnostics, model::IsSensitiveName);
}

}  // namespace rdsteady::manifest
