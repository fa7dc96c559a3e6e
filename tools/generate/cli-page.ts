/** docs/cli.md: every command with its options, from the table that the program itself is made of. */
import type { Verb } from '../../src/cli/verb.ts'
import { VERBS } from '../../src/cli/verbs.ts'
import { GENERATED, tableText } from './markdown.ts'

const EXIT_CODES = [
  ['exit code', 'meaning'],
  ['0', 'yes: what was asked for is so'],
  ['1', 'a fault: see [errors.md](errors.md)'],
  ['2', 'used wrongly, or a contract does not hold together; nothing was started'],
  ['3', 'the gate says no: a ramp was undone, abandoned or holds, or a word was refused'],
  ['130', 'left with Ctrl-C; the daemon goes on'],
]

/** The text of the page. */
export function cliPage(): string {
  const shown = VERBS.filter((verb) => verb.isHidden !== true)
  return `# The command line

${GENERATED}

Data goes to standard output, talk to standard error. With \`--json\` nothing but one JSON value a line
is printed; [cli-json.md](cli-json.md) shows every shape. Colours and live views are for terminals only,
and \`NO_COLOR\` is honoured.

${tableText(EXIT_CODES)}

A ramp is named by its id, the beginning of one, \`latest\`, or its contract's name. A contract's path may
be a file or a folder; when none is given it is \`rampart.yaml\`, \`rampart.yml\`, \`rampart.json\`,
\`rampart.config.ts\` or the folder \`rampart\`, in this order. Ctrl-C during \`up\` aborts the ramp and undoes
it; a second one leaves that to the daemon.

${shown.map(sectionOf).join('\n')}`
}

function sectionOf({ usage, summary, options }: Verb): string {
  const rows = options.map(([flags, text]) => [`\`${flags}\``, text])
  const table = rows.length === 0 ? '' : `\n${tableText([['option', 'meaning'], ...rows])}\n`
  const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`
  return `## rampart ${usage.replaceAll('<', '\\<')}\n\n${sentence}\n${table}`
}
