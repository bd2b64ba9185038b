// Rows in order. Where only the first of them are wanted, no more than twice as many are held.
#pragma once

#include "diagnose/log_query/stage.h"

namespace tocsin::diagnose {

class SortStage final : public StageOf<SortStage> {
 public:
  explicit SortStage(const SortCommand& command) : command_(command) {}
  /// Only the first `rows` are asked for.
  void want_only(std::size_t rows) { rows_max_ = rows; }
  bool push(Record& record) override;
  void finish() override;

 private:
  struct Row {
    std::vector<Value> keys;
    Record record;
    std::size_t bytes = 0;
  };
  bool before(const Row& a, const Row& b) const;
  void prune();

  const SortCommand& command_;
  std::size_t rows_max_ = 0;
  std::vector<Row> rows_;
};

}  // namespace tocsin::diagnose
