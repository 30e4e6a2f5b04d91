#include "manifest/yaml.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <libfyaml.h>

#include "base/suggest.h"
#include "manifest/yaml_errors.h"

namespace rdsteady::manifest {
namespace {

struct FreeParser {
  void operator()(fy_parser* parser) const { fy_parser_destroy(parser); }
};
struct FreeDiag {
  void operator()(fy_diag* diag) const { fy_diag_destroy(diag); }
};

// The library is told to collect its errors, so that nothing reaches stderr.
std::unique_ptr<fy_diag, FreeDiag> NewDiag() {
  fy_diag_cfg config;
  fy_diag_cfg_default(&config);
  config.fp = nullptr;
  config.output_fn = [](fy_diag*, void*, const char*, std::size_t) {};
  config.level = FYET_ERROR;
  std::unique_ptr<fy_diag, FreeDiag> diag(fy_diag_create(&config));
  if (diag != nullptr) fy_diag_set_collect_errors(diag.get(), true);
  return diag;
}

std::size_t Indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

// "orders:", "Engine: postgres", "'a b': 1": a line at which an open block map can go on.
bool LooksLikeEntry(std::string_view line) {
  line.remove_prefix(Indentation(line));
  if (line.empty() || line.front() == '#' || line.front() == '-') return false;
  std::size_t at = 0;
  if (line.front() == '"' || line.front() == '\'') {
    at = line.find(line.front(), 1);
    if (at == std::string_view::npos) return false;
    ++at;
  } else {
    at = line.find_first_of(": \t#{}[],&*!|>");
    if (at == std::string_view::npos || at == 0) return false;
  }
  return at < line.size() && line[at] == ':' && (at + 1 == line.size() || line[at + 1] == ' ' || line[at + 1] == '\r');
}

// Each fault may cost a walk through the rest of the file.
constexpr int kMaxSyntaxFaults = 100;

class Builder {
 public:
  Builder(std::shared_ptr<const SourceFile> file, Faults& faults)
      : document_(std::move(file)), text_(document_.file()->text), faults_(faults) {}

  Document Build() && {
    std::optional<std::size_t> fault = ReadSegment(0, text_.size(), false);
    for (int faults = 1; fault && faults < kMaxSyntaxFaults; ++faults) {
      document_.SetBroken();
      for (Frame& frame : frames_)
        frame.incomplete = true;
      fault = GoOnAfter(*fault);
    }
    while (!frames_.empty())
      Close(text_.size());
    return std::move(document_);
  }

 private:
  struct Frame {
    Node::Type type;
    bool flow = false;
    bool incomplete = false;
    std::uint32_t begin = 0;
    std::optional<std::size_t> column{};  // of the keys of a block map
    std::size_t first = 0;                // in pending_
    std::size_t nodes = 1;                // with aliases counted as what they stand for
    std::size_t height = 1;
    std::string anchor{};
  };
  struct Anchor {
    const Node* node = nullptr;  // nullptr: still open
    std::size_t nodes = 1;
    std::size_t height = 0;
  };

  // Reads text_[begin, end). Returns the offset of a syntax error, or nothing when the segment is read or reading
  // cannot go on in this file at all (then stopped_ is set).
  std::optional<std::size_t> ReadSegment(std::size_t begin, std::size_t end, bool resumed) {
    const std::unique_ptr<fy_diag, FreeDiag> diag = NewDiag();
    fy_parse_cfg config{};
    config.flags = static_cast<fy_parse_cfg_flags>(FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DISABLE_DEPTH_LIMIT |
                                                   FYPCF_SLOPPY_FLOW_INDENTATION | FYPCF_JSON_NONE);
    config.diag = diag.get();
    const std::unique_ptr<fy_parser, FreeParser> parser(fy_parser_create(&config));
    base_ = begin;
    documents_ = 0;
    long_quote_.reset();
    resumed_at_.reset();
    resume_ = resumed;
    if (diag == nullptr || parser == nullptr ||
        fy_parser_set_string(parser.get(), text_.data() + begin, end - begin) != 0) {
      Stop(begin, begin + 1, "the file could not be read as YAML", {});
      return std::nullopt;
    }
    while (fy_event* event = fy_parser_parse(parser.get())) {
      Feed(*event);
      fy_parser_event_free(parser.get(), event);
      if (stopped_) return std::nullopt;
      if (runaway_) return std::exchange(runaway_, std::nullopt);
    }
    if (!fy_parser_get_stream_error(parser.get())) return std::nullopt;
    return ReportSyntax(diag.get());
  }

  std::size_t ReportSyntax(fy_diag* diag) {
    void* previous = nullptr;
    const fy_diag_error* error = fy_diag_errors_iterate(diag, &previous);
    const bool placed = error != nullptr && error->line > 0;
    std::size_t at = placed ? OffsetOf(error->line, error->column) : last_end_;
    at = std::min(at, text_.empty() ? 0 : text_.size() - 1);
    const SyntaxFault fault =
        ExplainSyntax({.message = error == nullptr || error->msg == nullptr ? std::string_view() : error->msg,
                       .text = text_,
                       .at = at,
                       .from = base_,
                       .last_end = last_end_,
                       .quote = long_quote_});
    Faults::Also also;
    const auto bracket = std::ranges::find(frames_.rbegin(), frames_.rend(), true, &Frame::flow);
    if (fault.names_bracket && bracket != frames_.rend()) {
      also.emplace_back("the bracket that opened here is not closed",
                        document_.SpanOf(bracket->begin, bracket->begin + 1));
    }
    faults_.Error(document_.SpanOf(fault.at, fault.at + 1), fault.message, fault.hint, std::move(also));
    return fault.at < at ? std::max(fault.at, base_) : std::max(at, last_end_);
  }

  // The library counts lines and code points from 1.
  std::size_t OffsetOf(int line, int column) const {
    std::size_t at = base_;
    for (int i = 1; i < line; ++i)
      at = NextLine(at);
    for (int i = 1; i < column && at < text_.size() && text_[at] != '\n'; ++i) {
      do
        ++at;
      while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0) == 0x80);
    }
    return at;
  }

  // Finds the next line that continues a block map which was open at the error, and reads on from there.
  std::optional<std::size_t> GoOnAfter(std::size_t fault) {
    for (std::size_t at = NextLine(fault); at < text_.size(); at = NextLine(at)) {
      const std::string_view line = LineAt(at);
      ReportTab(at);
      if (!LooksLikeEntry(line)) continue;
      const std::size_t column = Indentation(line);
      const auto open = std::ranges::find(frames_, std::optional(column), &Frame::column);
      if (open == frames_.end()) continue;
      const auto keep = static_cast<std::size_t>(open - frames_.begin()) + 1;
      while (frames_.size() > keep)
        Close(at);
      DropHalfEntry();
      std::size_t end = NextLine(at);
      while (end < text_.size() && !Ends(LineAt(end), column))
        end = NextLine(end);
      last_end_ = at;
      const std::optional<std::size_t> again = ReadSegment(at, end, true);
      if (again || stopped_) return again;
      at = end - 1;  // its next line is the one after the segment
    }
    return std::nullopt;
  }

  // A line that is passed over because a tab indents it, unless the line above says so already.
  void ReportTab(std::size_t at) {
    const auto indented_by_tab = [](std::string_view line) {
      const std::size_t text = line.find_first_not_of(" \t\r");
      return text != std::string_view::npos && line.substr(0, text).contains('\t');
    };
    const std::size_t above = at < 2 ? 0 : text_.rfind('\n', at - 2) + 1;  // npos + 1 is the first line
    if (!indented_by_tab(LineAt(at)) || indented_by_tab(LineAt(above))) return;
    const std::size_t tab = text_.find('\t', at);
    const SyntaxFault fault = ExplainSyntax({.message = "tab", .text = text_, .at = tab, .from = tab, .last_end = tab});
    faults_.Error(document_.SpanOf(tab, tab + 1), fault.message, fault.hint);
  }

  static bool Ends(std::string_view line, std::size_t column) {
    const std::size_t indentation = Indentation(line);
    return indentation < column && indentation < line.size() && line[indentation] != '#' && line[indentation] != '\r';
  }
  std::size_t NextLine(std::size_t at) const {
    const std::size_t newline = text_.find('\n', at);
    return newline == std::string_view::npos ? text_.size() : newline + 1;
  }
  std::string_view LineAt(std::size_t at) const { return text_.substr(at, text_.find('\n', at) - at); }

  void Feed(fy_event& event) {
    const std::size_t begin = Mark(fy_event_start_mark(&event), last_end_);
    const std::size_t end = std::max(begin, Mark(fy_event_end_mark(&event), begin));
    switch (event.type) {
      case FYET_DOCUMENT_START:
        if (++documents_ > 1) {
          Stop(begin, begin + 3, "a second document begins here",
               "a file holds one document; put the other into a file of its own");
        }
        break;
      case FYET_MAPPING_START:
        if (resume_) {
          resume_ = false;
          resumed_at_ = frames_.size();
          break;
        }
        Open(event, Node::Type::kMap, event.mapping_start.anchor, begin);
        break;
      case FYET_SEQUENCE_START: Open(event, Node::Type::kList, event.sequence_start.anchor, begin); break;
      case FYET_MAPPING_END:
        if (resumed_at_ == frames_.size()) {
          DropHalfEntry();
          resumed_at_.reset();
          break;
        }
        Close(end);
        break;
      case FYET_SEQUENCE_END: Close(end); break;
      case FYET_SCALAR: Scalar(event, begin, end); break;
      case FYET_ALIAS: Alias(event.alias.anchor, begin, end); break;
      default: return;
    }
    last_end_ = std::max(last_end_, end);
  }

  std::size_t Mark(const fy_mark* mark, std::size_t otherwise) const {
    return mark == nullptr ? otherwise : std::min(base_ + mark->input_pos, text_.size());
  }

  void Stop(std::size_t begin, std::size_t end, std::string message, std::string hint) {
    faults_.Error(document_.SpanOf(begin, end), std::move(message), std::move(hint));
    for (Frame& frame : frames_)
      frame.incomplete = true;
    document_.SetBroken();
    stopped_ = true;
  }

  void Open(fy_event& event, Node::Type type, fy_token* anchor, std::size_t begin) {
    if (resume_) {  // a line that looked like an entry was none
      resume_ = false;
      resumed_at_ = frames_.size();
    }
    if (frames_.size() == kMaxDepth) {
      Stop(begin, begin + 1, fmt::format("nested more than {} levels deep", kMaxDepth), {});
      return;
    }
    Frame frame{.type = type, .begin = static_cast<std::uint32_t>(begin), .first = pending_.size()};
    frame.flow = fy_event_get_node_style(&event) == FYNS_FLOW;
    if (type == Node::Type::kMap && !frame.flow) {
      const std::size_t newline = text_.rfind('\n', begin == 0 ? 0 : begin - 1);
      frame.column = newline == std::string_view::npos || begin == 0 ? begin : begin - newline - 1;
    }
    RefuseTag(event);
    if (anchor != nullptr) {
      frame.anchor = TokenText(anchor);
      anchors_[frame.anchor] = {};
    }
    frames_.push_back(std::move(frame));
    Count(1, begin);
  }

  void Close(std::size_t end) {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    std::span<const Node* const> children(pending_.data() + frame.first, pending_.size() - frame.first);
    Node* node = document_.NewNode();
    node->type = frame.type;
    node->flow = frame.flow;
    node->incomplete = frame.incomplete;
    node->faulty = frame.incomplete && frame.flow;  // an unclosed bracket took in what follows it
    node->begin = frame.begin;
    node->end = static_cast<std::uint32_t>(std::max<std::size_t>(frame.begin, end));
    if (frame.type == Node::Type::kList) {
      node->item_array = document_.Keep(children);
      node->count = static_cast<std::uint32_t>(children.size());
    } else {
      FillMap(*node, children.first(children.size() / 2 * 2));
    }
    pending_.resize(frame.first);
    if (!frame.anchor.empty()) anchors_[frame.anchor] = {node, frame.nodes, frame.height};
    Add(node, frame.nodes, frame.height);
  }

  void FillMap(Node& map, std::span<const Node* const> children) {
    std::vector<Entry> entries;
    entries.reserve(children.size() / 2);
    std::vector<const Node*> merged;
    Keys keys(children.size() / 2);
    for (std::size_t i = 0; i < children.size(); i += 2) {
      const Entry entry{children[i], children[i + 1]};
      if (!entry.key->IsScalar()) {
        faults_.Error(document_.Span(*entry.key), "a key must be a word, not a list or a map");
        continue;
      }
      if (entry.key->absent) {
        faults_.Error(document_.Span(*entry.key), "a key is missing before the ':'");
        continue;
      }
      if (const Entry* first = keys.Insert(entry)) {
        faults_.Error(document_.Span(*entry.key), fmt::format("'{}' is stated twice", entry.key->text()), {},
                      {{"first stated here", document_.Span(*first->key)}});
        continue;
      }
      if (entry.key->plain && entry.key->text() == "<<") {
        CollectMerged(*entry.value, merged);
      } else {
        entries.push_back(entry);
      }
    }
    // What is stated beats what is merged, and an earlier map of a list of merged ones beats a later one.
    for (const Node* source : merged) {
      for (const Entry& entry : source->entries()) {
        if (keys.Insert(entry) == nullptr) entries.push_back(entry);
      }
    }
    map.entry_array = document_.Keep(std::span<const Entry>(entries));
    map.count = static_cast<std::uint32_t>(entries.size());
  }

  void CollectMerged(const Node& value, std::vector<const Node*>& merged) {
    if (value.IsMap()) {
      merged.push_back(&value);
      return;
    }
    if (value.IsList() &&
        std::ranges::all_of(value.items(), [](const Node* item) { return item->IsMap() || item->faulty; })) {
      std::ranges::copy_if(value.items(), std::back_inserter(merged), &Node::IsMap);
      return;
    }
    if (value.faulty) return;
    faults_.Error(document_.Span(value), "'<<' takes a map or a list of maps");
  }

  // The keys of one map: compared one by one while they are few.
  class Keys {
   public:
    explicit Keys(std::size_t expected) { few_.reserve(std::min(expected, kFew)); }
    // The entry that already has this key, or nullptr when it was new.
    const Entry* Insert(const Entry& entry) {
      if (many_.empty()) {
        const auto same = std::ranges::find(few_, entry.key->text(), [](const Entry& e) { return e.key->text(); });
        if (same != few_.end()) return &*same;
        if (few_.size() < kFew) {
          few_.push_back(entry);
          return nullptr;
        }
        for (const Entry& e : few_)
          many_.emplace(e.key->text(), e);
      }
      const auto [place, inserted] = many_.emplace(entry.key->text(), entry);
      return inserted ? nullptr : &place->second;
    }

   private:
    static constexpr std::size_t kFew = 24;
    std::vector<Entry> few_;
    std::unordered_map<std::string_view, Entry> many_;
  };

  static std::string TokenText(fy_token* token) {
    std::size_t length = 0;
    const char* text = fy_token_get_text(token, &length);
    return text == nullptr ? std::string() : std::string(text, length);
  }

  void Scalar(fy_event& event, std::size_t begin, std::size_t end) {
    if (resume_) {
      resume_ = false;
      resumed_at_ = frames_.size();
    }
    RefuseTag(event);
    Node* node = document_.NewNode();
    const fy_scalar_style style = fy_token_scalar_style(event.scalar.value);
    node->plain = style == FYSS_PLAIN;
    std::size_t length = 0;
    const char* text = fy_token_get_text(event.scalar.value, &length);
    const std::string_view content = text == nullptr ? std::string_view() : std::string_view(text, length);
    node->absent = node->plain && content.empty();
    if (node->absent) begin = end = last_end_;
    const bool as_written = content.size() <= end - begin && text_.substr(begin, content.size()) == content;
    node->characters = as_written ? text_.data() + begin : document_.Keep(content).data();
    node->count = static_cast<std::uint32_t>(content.size());
    if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {  // the marks leave the quotes out
      if (begin > 0) --begin;
      end = std::min(end + 1, text_.size());
      if (text_.substr(begin, end - begin).contains('\n')) {
        long_quote_ = {begin, end};
        if (RunsAway(begin, end)) {
          faults_.Error(document_.SpanOf(begin, begin + 1), std::string(kUnclosedQuote),
                        std::string(kUnclosedQuoteHint));
          runaway_ = begin;
          return;
        }
      }
    }
    node->begin = static_cast<std::uint32_t>(begin);
    node->end = static_cast<std::uint32_t>(end);
    if (event.scalar.anchor != nullptr) anchors_[TokenText(event.scalar.anchor)] = {node, 1, 0};
    if (Count(1, begin)) Add(node, 1, 0);
  }

  // The library is told to be lenient about indentation in brackets, and then is so in quotes too: a forgotten quote
  // would take in entries up to the next one.
  bool RunsAway(std::size_t begin, std::size_t end) const {
    if (frames_.empty() || !frames_.back().column) return false;
    for (std::size_t line = NextLine(begin); line < end; line = NextLine(line)) {
      const std::string_view text = LineAt(line);
      const std::size_t indentation = Indentation(text);
      const bool blank = indentation == text.size() || text[indentation] == '\r';
      if (!blank && indentation <= *frames_.back().column) return true;
    }
    return false;
  }

  void Alias(fy_token* token, std::size_t begin, std::size_t end) {
    if (begin > 0) --begin;  // the mark leaves the star out
    const std::string name = TokenText(token);
    const auto found = anchors_.find(name);
    if (found != anchors_.end() && found->second.node != nullptr) {
      if (frames_.size() + found->second.height > kMaxDepth) {
        Stop(begin, end,
             fmt::format("nested more than {} levels deep, aliases counted as what they stand for", kMaxDepth), {});
        return;
      }
      if (Count(found->second.nodes, begin)) Add(found->second.node, found->second.nodes, found->second.height);
      return;
    }
    if (found != anchors_.end()) {
      faults_.Error(document_.SpanOf(begin, end), fmt::format("'*{}' stands inside what '&{}' names", name, name));
    } else if (!document_.broken()) {
      std::vector<std::string_view> known;
      for (const auto& [anchor, unused] : anchors_)
        known.push_back(anchor);
      faults_.Error(document_.SpanOf(begin, end), fmt::format("nothing is named '&{}' before this alias", name),
                    name.ends_with(':') ? std::string("a key that begins with '*' needs quotes: \"*\"")
                                        : DidYouMean(name, known));
    }
    Node* nothing = document_.NewNode();
    nothing->plain = true;
    nothing->faulty = true;
    nothing->begin = static_cast<std::uint32_t>(begin);
    nothing->end = static_cast<std::uint32_t>(end);
    Add(nothing, 1, 0);
  }

  void RefuseTag(fy_event& event) {
    fy_token* tag = fy_event_get_tag_token(&event);
    if (tag == nullptr) return;
    const fy_mark* from = fy_token_start_mark(tag);
    const fy_mark* to = fy_token_end_mark(tag);
    faults_.Error(document_.SpanOf(Mark(from, last_end_), Mark(to, last_end_ + 1)), "YAML tags are not used here",
                  "remove it: types come from the API, not from the file");
  }

  bool Count(std::size_t nodes, std::size_t at) {
    total_ += nodes;
    if (total_ <= kMaxNodes) return true;
    Stop(at, at + 1, "more than a million nodes, aliases counted as what they stand for", {});
    return false;
  }

  void Add(const Node* node, std::size_t nodes, std::size_t height) {
    if (frames_.empty()) {
      document_.SetRoot(node);
      return;
    }
    Frame& parent = frames_.back();
    parent.nodes += nodes;
    parent.height = std::max(parent.height, height + 1);
    pending_.push_back(node);
  }

  // A key whose value was lost is dropped with it.
  void DropHalfEntry() {
    Frame& frame = frames_.back();
    if ((pending_.size() - frame.first) % 2 != 0) pending_.pop_back();
  }

  Document document_;
  std::string_view text_;
  Faults& faults_;
  std::vector<Frame> frames_;
  std::vector<const Node*> pending_;  // children of the open frames, innermost last
  std::map<std::string, Anchor, std::less<>> anchors_;
  std::size_t base_ = 0;  // of the segment that is being read
  std::size_t last_end_ = 0;
  std::size_t total_ = 0;
  std::optional<LongQuote> long_quote_{};  // the last quoted scalar that went over a line's end
  int documents_ = 0;
  bool resume_ = false;                      // the next map continues the innermost frame
  std::optional<std::size_t> resumed_at_{};  // how many frames were open when it did
  std::optional<std::size_t> runaway_{};     // where a quote opened that took in what follows it
  bool stopped_ = false;
};

}  // namespace

const Entry* FindEntry(const Node& map, std::string_view key) {
  const auto entries = map.entries();
  const auto it = std::ranges::find(entries, key, [](const Entry& entry) { return entry.key->text(); });
  return it == entries.end() ? nullptr : &*it;
}

Document::Document(std::shared_ptr<const SourceFile> file)
    : file_(std::move(file)), arena_(std::make_unique<std::pmr::monotonic_buffer_resource>()) {
  const std::string& text = file_->text;
  line_starts_.push_back(0);
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
    line_starts_.push_back(static_cast<std::uint32_t>(at + 1));
  }
}

SourceSpan Document::SpanOf(std::size_t begin, std::size_t end) const {
  const std::string_view text = file_->text;
  begin = std::min(begin, text.size());
  const auto next = std::ranges::upper_bound(line_starts_, begin);
  const std::size_t line_start = *(next - 1);
  const auto points = [](std::string_view part) {
    return static_cast<std::uint32_t>(
        std::ranges::count_if(part, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  };
  std::string_view marked = text.substr(begin, std::max(end, begin) - begin);
  marked = marked.substr(0, marked.find_first_of("\r\n"));
  return {file_, static_cast<std::uint32_t>(next - line_starts_.begin()),
          points(text.substr(line_start, begin - line_start)) + 1, std::max<std::uint32_t>(1, points(marked))};
}

std::string_view Document::Written(const Node& node) const {
  return std::string_view(file_->text).substr(node.begin, node.end - node.begin);
}

Node* Document::NewNode() {
  return new (arena_->allocate(sizeof(Node), alignof(Node))) Node();
}

std::string_view Document::Keep(std::string_view text) {
  auto* kept = static_cast<char*>(arena_->allocate(text.size() + 1, 1));
  std::memcpy(kept, text.data(), text.size());
  return {kept, text.size()};
}

void Document::ReplaceText(const Node& scalar, std::string_view text, bool faulty) {
  auto& node = const_cast<Node&>(scalar);  // the document's own, made by NewNode
  node.characters = Keep(text).data();
  node.count = static_cast<std::uint32_t>(text.size());
  node.substituted = true;
  node.absent = false;
  node.faulty = faulty;
}

Document ParseYaml(std::shared_ptr<const SourceFile> file, Faults& faults) {
  return Builder(std::move(file), faults).Build();
}

}  // namespace rdsteady::manifest
