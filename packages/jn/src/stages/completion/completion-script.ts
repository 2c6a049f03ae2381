/** The shells that there is a script for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** The script for a shell. What words can be is asked of jn; files are completed by the shell. */
export function completionScript(shell: string): string | undefined {
  return SCRIPTS.get(shell);
}

const BASH = `_jn() {
  local line words=("\${COMP_WORDS[@]:0:COMP_CWORD+1}")
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(jn completion words -- "\${words[@]}" 2>/dev/null)
}
COMP_WORDBREAKS=\${COMP_WORDBREAKS//[=:@]/}
complete -o default -o nospace -F _jn jn
`;

const ZSH = `#compdef jn
_jn() {
  local -a found
  found=("\${(@f)$(jn completion words -- "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -S '' -- $found; else _files; fi
}
compdef _jn jn
`;

const FISH = `function __jn_words
  jn completion words -- (commandline -opc) (commandline -ct) 2>/dev/null
end
complete -c jn -a '(__jn_words)'
`;

const SCRIPTS: ReadonlyMap<string, string> = new Map([
  ["bash", BASH],
  ["zsh", ZSH],
  ["fish", FISH],
]);
