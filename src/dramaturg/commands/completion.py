"""Shell completion scripts, generated from the argument parsers, so that they are always up to date."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

SHELLS = ("bash", "zsh", "fish")
FILE_METAVARS = ("STORY", "OUT", "FILE")


@dataclass(frozen=True, slots=True)
class Option:
    """An option (`flag` includes its dashes), or a positional argument, whose flag is empty."""

    flag: str
    help: str
    takes: str | None  # "file", the allowed words, "" for any other value, or None for no value


@dataclass(frozen=True, slots=True)
class Command:
    """A command and its options and arguments."""

    name: str
    help: str
    options: tuple[Option, ...]

    @property
    def flags(self) -> str:
        """The names of its options."""
        return " ".join(option.flag for option in self.options if option.flag)

    @property
    def choices(self) -> str:
        """The words allowed as its arguments."""
        return " ".join(o.takes or "" for o in self.options if not o.flag and o.takes != "file").strip()


def completion(parser: argparse.ArgumentParser, shell: str) -> str:
    """A script for a shell (one of SHELLS) that completes a parser's commands, options and files."""
    writers: dict[str, Callable[[str, list[Command], Command], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    return writers[shell](parser.prog, _commands(parser), Command("", "", _options(parser)))


def _commands(parser: argparse.ArgumentParser) -> list[Command]:
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            found += [Command(name, helps.get(name, ""), _options(sub)) for name, sub in action.choices.items()]
    return found


def _options(parser: argparse.ArgumentParser) -> tuple[Option, ...]:
    return tuple(
        Option(flag, action.help or "", _takes(action))
        for action in parser._actions
        if not (isinstance(action, argparse._SubParsersAction) and action.required)  # the commands themselves
        for flag in (action.option_strings or [""])
    )


def _takes(action: argparse.Action) -> str | None:
    if action.nargs == 0:
        return None
    if action.choices:
        return " ".join(str(choice) for choice in action.choices)
    return "file" if action.metavar in FILE_METAVARS else ""


def _bash(program: str, commands: list[Command], top: Command) -> str:
    names = " ".join(command.name for command in commands)
    cases = "\n".join(f"    {c.name}) flags='{c.flags}'; choices='{c.choices}' ;;" for c in commands)
    return f"""# Completion of {program} for bash.
_{program}() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" command="" word flags='{top.flags}' choices='{names}'
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$word" in {names.replace(" ", "|")}) command="$word"; break ;; esac
  done
  case "$command" in
{cases}
  esac
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$choices" -- "$current"))  # if there are none, bash completes file names
  fi
}}
complete -o default -F _{program} {program}
"""


def _zsh(program: str, commands: list[Command], top: Command) -> str:
    names = "\n".join(f"    {_zsh_word(f'{c.name}:{c.help}')}" for c in commands)
    cases = "\n".join(f"        {c.name}) _arguments {_zsh_arguments(c)} ;;" for c in commands)
    return f"""#compdef {program}
# Completion of {program} for zsh.
_{program}() {{
  local context state state_descr line
  typeset -A opt_args
  local -a commands
  commands=(
{names}
  )
  _arguments -C {_zsh_arguments(top)} '1:command:->command' '*::argument:->argument'
  case "$state" in
    command) _describe command commands ;;
    argument)
      case "$words[1]" in
{cases}
      esac ;;
  esac
}}
if [ "$funcstack[1]" = "_{program}" ]; then _{program} "$@"; else compdef _{program} {program}; fi
"""


def _zsh_arguments(command: Command) -> str:
    specs = []
    for number, option in enumerate(o for o in command.options if not o.flag):
        specs.append(f"{number + 1}:argument:{_zsh_action(option)}")
    for option in (o for o in command.options if o.flag):
        description = option.help.replace("[", "(").replace("]", ")").replace(":", "")
        value = "" if option.takes is None else f":value:{_zsh_action(option)}"
        specs.append(f"{option.flag}[{description}]{value}")
    return " ".join(_zsh_word(spec) for spec in specs)


def _zsh_action(option: Option) -> str:
    return "_files" if option.takes == "file" else f"({option.takes})" if option.takes else " "


def _zsh_word(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _fish(program: str, commands: list[Command], top: Command) -> str:
    lines = [f"# Completion of {program} for fish."]
    lines += [_fish_line(program, "__fish_use_subcommand", f"-f -a {c.name}", c.help) for c in commands]
    lines += [_fish_line(program, "__fish_use_subcommand", _fish_flag(o), o.help) for o in top.options if o.flag]
    for command in commands:
        here = f"__fish_seen_subcommand_from {command.name}"
        lines += [_fish_line(program, here, _fish_flag(o), o.help) for o in command.options if o.flag]
        if command.choices:
            lines.append(_fish_line(program, here, f"-f -a {_fish_word(command.choices)}", ""))
    return "\n".join(lines) + "\n"


def _fish_line(program: str, condition: str, what: str, help: str) -> str:
    description = f" -d {_fish_word(help)}" if help else ""
    return f"complete -c {program} -n {_fish_word(condition)} {what}{description}"


def _fish_flag(option: Option) -> str:
    name = f"-l {option.flag[2:]}" if option.flag.startswith("--") else f"-s {option.flag[1:]}"
    return name if option.takes is None else f"{name} -r"


def _fish_word(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
