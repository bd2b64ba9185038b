#include "hosts/evidence/host_look.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "fuzz/mutate.h"
#include "hosts/evidence/host_scripts.h"

namespace tocsin::hosts {
namespace {

constexpr const char* printed =
    "disk\t/\text4\t10000000\t9000000\n"
    "disk\t/srv\text4\t16000\t100\n"
    "disk\t/snap/core\tsquashfs\t64000\t0\n"
    "disk\t/big\txfs\t10000000000\t90000000\n"
    "inodes\t/mail\text4\t65536\t0\n"
    "memory\t16000000\t8000000\n"
    "limit\t4711\t290000\t300000\tpython payments.py\n"
    "gone\t12\n"
    "something else\n";

TEST(HostLook, TellsWhatHasRunOutAndNothingElse) {
  const auto findings = findings_of(read_host_look(printed));
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_EQ(findings[0].title, "/srv is full");
  EXPECT_EQ(findings[0].summary, "0.1 MB of 15.6 MB are left on /srv (ext4)");
  EXPECT_EQ(findings[1].title, "/mail has no inode left");
  EXPECT_EQ(findings[2].kind, HostFindingKind::exhausted_memory);
  EXPECT_EQ(findings[2].summary, "process 4711 uses 283.2 MB of the 293.0 MB that it may: python payments.py");
}

TEST(HostLook, AHostWithoutMemoryIsTold) {
  const auto findings = findings_of(read_host_look("memory\t16000000\t100000\n"));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].title, "The host has no memory left");
}

// the script on this machine: it knows the root file system, this process, and one that cannot be
TEST(HostLook, TheScriptTellsOfARealHost) {
  const std::string script = look_script({getpid(), 999'999'999});
  std::FILE* shell = popen(("cat <<'END_OF_SCRIPT' | sh\n" + script + "\nEND_OF_SCRIPT\n").c_str(), "r");
  ASSERT_NE(shell, nullptr);
  std::string text;
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, shell)) text.append(buffer, got);
  EXPECT_EQ(pclose(shell), 0);
  const HostLook look = read_host_look(text);
  EXPECT_FALSE(look.disks.empty()) << text;
  EXPECT_GT(look.memory_total_kb, 0) << text;
  EXPECT_EQ(look.gone, std::vector<std::int64_t>{999'999'999}) << text;
}

TEST(HostLookFuzz, WhateverAHostPrintsIsReadOrPassedOver) {
  fuzz::mutate({printed}, 20'000, [](std::string_view text) { (void)findings_of(read_host_look(text)); });
}

}  // namespace
}  // namespace tocsin::hosts
