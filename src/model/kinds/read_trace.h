// What was read of live answers: while a ReadTrace lives, the functions of this layer that read an answer note the
// place. A saved plan keeps what its decisions read, and nothing else.
//
// Thread-compatible: a trace notes what its own thread reads, and one lives on a thread at a time. Costs a comparison a
// reading where none lives.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "rdsteady/value.h"

namespace rdsteady::model {

class ReadTrace {
 public:
  struct Place {
    enum class What : std::uint8_t {
      kLive,     // ReadLive of the property `name`
      kPending,  // ReadPending of it
      kItem,     // LiveItem of its key `detail`
      kCarried,  // whether the answer carries the map at all
      kPath,     // ReadPath(name), ignoring `detail`
      kKey,      // what KMS says of `detail`, which the property `name` states
    } what = What::kPath;
    std::string name{};
    std::string detail{};
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  using Places = std::set<Place>;

  ReadTrace();
  ~ReadTrace();
  ReadTrace(const ReadTrace&) = delete;
  ReadTrace& operator=(const ReadTrace&) = delete;

  // Only answers that are watched count; they must outlive the trace and stay where they are.
  void Watch(const Value& answer) { places_.try_emplace(&answer); }
  [[nodiscard]] const Places& Of(const Value& answer) const { return places_.at(&answer); }

  static void Note(const Value& answer, Place::What what, std::string_view name, std::string_view detail = {}) {
    if (current != nullptr) current->Add(answer, what, name, detail);
  }

  // What is read while one lives is no decision's.
  class Pause {
   public:
    Pause() : paused_(current) { current = nullptr; }
    ~Pause() { current = paused_; }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    ReadTrace* paused_;
  };

 private:
  void Add(const Value& answer, Place::What what, std::string_view name, std::string_view detail);

  inline static thread_local ReadTrace* current = nullptr;
  std::map<const Value*, Places> places_;
};

}  // namespace rdsteady::model
