#include "telemetry/charts/chart.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include "telemetry/charts/axis.h"
#include "telemetry/charts/png.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

const Instant start = instant_from_ms(1'795'003'200'000);  // 12:00

Chart rising() {
  Chart chart{.title = "CPU", .start = start, .end = start + 10min};
  chart.series.push_back({.label = "i-1", .points = {}, .color = Color{255, 0, 0}});
  for (int i = 0; i < 10; ++i) chart.series[0].points.push_back({start + i * 1min, i * 10.0});
  return chart;
}

int count(const Canvas& canvas, Color color) {
  int count = 0;
  for (int y = 0; y < canvas.height(); ++y)
    for (int x = 0; x < canvas.width(); ++x) count += canvas.at(x, y) == color;
  return count;
}

/// The leftmost and rightmost rows where the color is found right of the axis.
std::pair<int, int> ends(const Canvas& canvas, Color color, int bottom) {
  int first_y = -1, last_y = -1;
  for (int x = 60; x < canvas.width(); ++x)
    for (int y = 30; y < bottom; ++y)
      if (canvas.at(x, y) == color) {
        if (first_y < 0) first_y = y;
        last_y = y;
      }
  return {first_y, last_y};
}

TEST(Chart, ALineRisesFromLeftToRight) {
  const Canvas canvas = draw(rising());
  EXPECT_EQ(canvas.width(), 600);
  EXPECT_EQ(canvas.height(), 400);
  EXPECT_GT(count(canvas, {255, 0, 0}), 400);
  const auto [first_y, last_y] = ends(canvas, {255, 0, 0}, 340);
  EXPECT_GT(first_y, last_y + 200);
}

TEST(Chart, EveryViewThemeAndSizeIsDrawn) {
  for (const ChartView view : {ChartView::lines, ChartView::bars, ChartView::pie})
    for (const bool flag : {false, true})
      for (const int side : {1, 17, 120, 700}) {
        Chart chart = rising();
        chart.view = view;
        chart.stacked = chart.dark = flag;
        chart.width = side;
        chart.height = side / 2 + 1;
        chart.legend = flag ? LegendPlace::right : LegendPlace::bottom;
        chart.series.push_back(chart.series[0]);
        chart.series.back().right_axis = true;
        chart.values.push_back({.value = 50, .band_to = 70, .label = "limit", .color = {}, .fill = AnnotationFill::above});
        chart.times.push_back({.time = start + 5min, .band_to = {}, .label = "deploy", .color = {}, .fill = AnnotationFill::below});
        EXPECT_EQ(draw(chart).width(), side);
      }
}

TEST(Chart, AnEmptyOneIsDrawnToo) { EXPECT_EQ(draw({.start = start, .end = start + 1min}).height(), 400); }

TEST(Chart, MarksAreRound) {
  std::vector<std::string> texts;
  for (const Mark& mark : value_marks(0, 94.5, 5)) texts.push_back(mark.text);
  EXPECT_THAT(texts, testing::ElementsAre("0", "20", "40", "60", "80"));
  EXPECT_EQ(short_number(1500), "1.5k");
  EXPECT_EQ(short_number(0.25), "0.25");
  texts.clear();
  for (const TimeMark& mark : time_marks(start, start + 3h, 6, 60min)) texts.push_back(mark.text);
  EXPECT_THAT(texts, testing::ElementsAre("13:00", "13:30", "14:00", "14:30", "15:00", "15:30", "16:00"));
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return number;
}

TEST(Png, IsOneThatAReaderOfTheStandardAccepts) {
  Canvas canvas(3, 2, {1, 2, 3});
  canvas.fill({1, 0, 2, 1}, {200, 100, 50});
  const std::string png = encode_png(canvas);
  ASSERT_EQ(png.substr(0, 8), std::string("\x89PNG\r\n\x1a\n", 8));
  EXPECT_EQ(png.substr(12, 4), "IHDR");
  EXPECT_EQ(number_at(png, 16), 3u);
  EXPECT_EQ(number_at(png, 20), 2u);
  EXPECT_EQ(number_at(png, 29), crc32(0, reinterpret_cast<const Bytef*>(png.data() + 12), 17));
  const std::uint32_t packed = number_at(png, 33);
  EXPECT_EQ(png.substr(37, 4), "IDAT");
  std::string rows(20, '\0');
  uLongf size = rows.size();
  ASSERT_EQ(uncompress(reinterpret_cast<Bytef*>(rows.data()), &size, reinterpret_cast<const Bytef*>(png.data() + 41), packed), Z_OK);
  EXPECT_EQ(size, 20u);
  EXPECT_EQ(rows.substr(0, 10), std::string("\0\x01\x02\x03\xc8\x64\x32\x01\x02\x03", 10));
}

}  // namespace
}  // namespace tocsin::telemetry
