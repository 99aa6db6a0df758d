import CommandArguments

/// `completion`: what makes a shell complete command lines of this program.
struct CompletionCommand: StorelessCommand {
  static let name = "completion"
  static let operands = "bash|zsh|fish"
  static let summary = "Print what makes a shell complete command lines."
  static let notes = """
    Subcommands, options, runs, experiments, metrics and artifacts are completed.

      bash: echo 'source <(track-cli completion bash)' >> ~/.bashrc
      zsh:  echo 'source <(track-cli completion zsh)' >> ~/.zshrc
      fish: track-cli completion fish > ~/.config/fish/completions/track-cli.fish
    """
  static let formats = [OutputFormat.table]

  private let shell: Shell

  enum Shell: String, CaseIterable {
    case bash, zsh, fish
  }

  init(_ arguments: inout Arguments) throws(UsageError) {
    let names = Shell.allCases.map(\.rawValue).joined(separator: ", ")
    let name = try arguments.operands(1...1, of: "one of \(names)")[0]
    guard let shell = Shell(rawValue: name) else {
      throw UsageError("completion is for \(names), not \"\(name)\"")
    }
    self.shell = shell
  }

  func run(_ format: OutputFormat, _ style: Style) -> String {
    switch shell {
    case .bash: Self.bash
    case .zsh: Self.zsh
    case .fish: Self.fish
    }
  }

  private static let bash = #"""
    # Completes command lines of track-cli in bash; track-cli itself knows what there is.
    _track_cli() {
      local value rest
      COMPREPLY=()
      while IFS=$'\t' read -r value rest; do
        if [[ $value == ":files" ]]; then
          compopt -o default
          COMPREPLY=()
          return
        fi
        COMPREPLY+=("$(printf '%q' "$value")")
      done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    }
    complete -F _track_cli track-cli

    """#

  private static let zsh = #"""
    #compdef track-cli
    # Completes command lines of track-cli in zsh; track-cli itself knows what there is.
    _track_cli() {
      local -a lines found
      local line
      lines=("${(@f)$("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
      if [[ ${lines[1]} == ":files" ]]; then
        _files
        return
      fi
      for line in "${lines[@]}"; do
        [[ -n $line ]] && found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
      done
      _describe -V 'track-cli' found
    }
    if [[ ${funcstack[1]} == _track_cli ]]; then
      _track_cli "$@"
    else
      compdef _track_cli track-cli
    fi

    """#

  private static let fish = #"""
    # Completes command lines of track-cli in fish; track-cli itself knows what there is.
    function __track_cli_complete
      set -l words (commandline -opc) (commandline -ct)
      set -l lines ($words[1] __complete $words[2..-1] 2>/dev/null)
      if test "$lines[1]" = ":files"
        __fish_complete_path (commandline -ct)
      else
        printf '%s\n' $lines
      end
    end
    complete -c track-cli -f -k -a '(__track_cli_complete)'

    """#
}
