#!/usr/bin/env python3
"""completion.py PROGRAM bash|zsh|fish: a completion script made of what --help prints, commands within commands too."""
import os
import re
import subprocess
import sys


def help_of(program, words):
    return subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=True).stdout


def read(program, words=()):
    """The flags [(flag, takes a value, summary)] and the commands {name: (summary, what is below)} of one --help."""
    flags, commands, part = [], {}, None
    for line in help_of(program, words).splitlines():
        if re.match(r"^[A-Z][A-Za-z ]*:$", line):
            part = line
        elif part and part.startswith("Subcommands"):
            if found := re.match(r"^  ([a-z][a-z0-9-]*)\s+(.*)", line):
                commands[found[1]] = (found[2], read(program, (*words, found[1])))
        elif found := re.match(r"^  (?:-\w,)?(--[a-z][a-z0-9-]*)( [A-Z][^ ]*)?(.*)", line):
            flags.append((found[1], bool(found[2]), re.sub(r"^\s*(\.\.\.|REQUIRED|\[[^]]*\])?\s*", "", found[3])))
    return flags, commands


def paths(tree, words=()):
    flags, commands = tree
    yield words, [flag for flag, *_ in flags], list(commands)
    for name, (_, below) in commands.items():
        yield from paths(below, (*words, name))


def bash(name, tree):
    cases = "\n".join(f'    "{" ".join(words)}") words="{" ".join(flags + commands)}" ;;' for words, flags, commands in paths(tree))
    function = "_" + name.replace("-", "_")
    return f"""# completion of {name} for bash, made of its --help
{function}() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} path= words=
  local index
  for ((index = 1; index < COMP_CWORD; ++index)); do
    [[ ${{COMP_WORDS[index]}} == -* ]] && break
    path+="${{path:+ }}${{COMP_WORDS[index]}}"
  done
  case $path in
{cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ ${{#COMPREPLY[@]}} -gt 0 || $current == -* ]] || COMPREPLY=($(compgen -f -- "$current"))
}}
complete -o filenames -F {function} {name}
"""


def zsh(name, tree):
    quoted = lambda text: text.replace("'", "'\\''").replace(":", "\\:")
    cases = []
    for words, _, commands in paths(tree):
        node = tree
        for word in words:
            node = node[1][word][1]
        items = [f"'{flag}:{quoted(summary)}'" for flag, _, summary in node[0]] + [f"'{command}:{quoted(node[1][command][0])}'" for command in commands]
        cases.append(f"    '{' '.join(words)}') items=({' '.join(items)}) ;;")
    body = "\n".join(cases)
    return f"""#compdef {name}
# completion of {name} for zsh, made of its --help
local -a items path_words
path_words=(${{${{words[2,CURRENT-1]}}:#-*}})
case "${{(j: :)path_words}}" in
{body}
esac
_describe '{name}' items || _files
"""


def fish(name, tree):
    lines = [f"# completion of {name} for fish, made of its --help", f"complete -c {name} -f"]
    quoted = lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def walk(node, words):
        flags, commands = node
        if words:
            condition = " ; and ".join(f"__fish_seen_subcommand_from {word}" for word in words)
        else:
            condition = "__fish_use_subcommand"
        for flag, takes_value, summary in flags:
            lines.append(f"complete -c {name} -n {quoted(condition)} -l {flag[2:]}{' -r -F' if takes_value else ''} -d {quoted(summary)}")
        for command, (summary, below) in commands.items():
            lines.append(f"complete -c {name} -n {quoted(condition)} -a {command} -d {quoted(summary)}")
            walk(below, (*words, command))

    walk(tree, ())
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    program, shell = sys.argv[1:3]
    sys.stdout.write({"bash": bash, "zsh": zsh, "fish": fish}[shell](os.path.basename(program), read(os.path.abspath(program))))
