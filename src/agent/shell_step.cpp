#include "agent/shell_step.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace tocsin::agent {
namespace {

constexpr std::string_view cut_mark = "\n---Output truncated---\n";
constexpr int poll_ms = 100;

struct Pipe {
  int read_end = -1, write_end = -1;
  bool open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read_end = ends[0];
    write_end = ends[1];
    return true;
  }
  void close_end(int& end) {
    if (end >= 0) close(end);
    end = -1;
  }
  ~Pipe() {
    close_end(read_end);
    close_end(write_end);
  }
};

// what was read beyond the limit is thrown away, so that the script is never blocked by us
void take(Pipe& pipe, std::string& into, std::size_t limit, bool& cut) {
  std::array<char, 16384> buffer;
  const ssize_t got = read(pipe.read_end, buffer.data(), buffer.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got <= 0) return pipe.close_end(pipe.read_end);
  const std::size_t room = limit - std::min(limit, into.size());
  into.append(buffer.data(), std::min(room, static_cast<std::size_t>(got)));
  cut = cut || static_cast<std::size_t>(got) > room;
}

// what was cut says so, within the limit
void mark_cut(std::string& text, std::size_t limit) {
  text.resize(limit - cut_mark.size());
  text += cut_mark;
}

[[noreturn]] void become_script(const std::string& script, const std::string& working_directory, int out, int err) {
  setpgid(0, 0);
  const int nothing = ::open("/dev/null", O_RDONLY);
  dup2(nothing, 0);
  dup2(out, 1);
  dup2(err, 2);
  if (!working_directory.empty() && chdir(working_directory.c_str()) != 0) _exit(127);
  // the agent may have blocked or ignored signals; the script starts clean
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  execl("/bin/sh", "sh", script.c_str(), static_cast<char*>(nullptr));
  _exit(127);
}

int exit_code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

std::filesystem::path write_script(const std::vector<std::string>& lines, const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::filesystem::path path = folder / "script.sh";
  std::ofstream file(path);
  for (const std::string& line : lines) file << line << '\n';
  file.close();
  return file ? path : std::filesystem::path();
}

}  // namespace

ScriptOutcome run_script(const std::vector<std::string>& lines, const std::string& working_directory, Duration timeout,
                         const std::filesystem::path& folder, const std::atomic<bool>& cancelled) {
  ScriptOutcome outcome;
  const std::filesystem::path script = write_script(lines, folder);
  Pipe out, err;
  if (script.empty() || !out.open() || !err.open()) {
    outcome.standard_error = "The script could not be written: " + std::string(std::strerror(errno));
    return outcome;
  }
  const pid_t child = fork();
  if (child == 0) become_script(script, working_directory, out.write_end, err.write_end);
  out.close_end(out.write_end);
  err.close_end(err.write_end);
  if (child < 0) {
    outcome.standard_error = "The script could not be started: " + std::string(std::strerror(errno));
    return outcome;
  }
  const auto deadline = std::chrono::steady_clock::now() + timeout;  // tidy: edge
  bool out_cut = false, err_cut = false, ended = false;
  int status = 0;
  outcome.end = ScriptEnd::exited;
  while (!ended || out.read_end >= 0 || err.read_end >= 0) {
    pollfd ends[2] = {{out.read_end, POLLIN, 0}, {err.read_end, POLLIN, 0}};
    poll(ends, 2, poll_ms);
    if (ends[0].revents) take(out, outcome.standard_output, standard_output_max, out_cut);
    if (ends[1].revents) take(err, outcome.standard_error, standard_error_max, err_cut);
    if (!ended && waitpid(child, &status, WNOHANG) == child) ended = true;
    const bool late = std::chrono::steady_clock::now() >= deadline;  // tidy: edge
    if (outcome.end == ScriptEnd::exited && (late || cancelled)) {
      outcome.end = cancelled ? ScriptEnd::cancelled : ScriptEnd::timed_out;
      kill(-child, SIGKILL);
    }
    // a script that has ended may leave a daemon behind that holds its output; it is not waited for
    if (ended && !ends[0].revents && !ends[1].revents) break;
  }
  outcome.exit_code = exit_code_of(status);
  if (out_cut) mark_cut(outcome.standard_output, standard_output_max);
  if (err_cut) mark_cut(outcome.standard_error, standard_error_max);
  std::error_code error;
  std::filesystem::remove(script, error);
  return outcome;
}

}  // namespace tocsin::agent
