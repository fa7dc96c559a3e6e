/** Commands about ports. */
import { JSON_FLAG, type Verb } from './verb.ts'

/** In the order of the help. */
export const PORT_VERBS: readonly Verb[] = [
  {
    usage: 'ports scan [folder]',
    summary: 'say which ports files claim, and which of them are in conflict',
    options: [
      ['--environment <name>', 'only what is started there'],
      ['--all', 'also what is only a guess'],
      ['--claims', 'also list every port that is claimed'],
      ['--exclude <pattern>', 'leave out paths like that, as .gitignore would', 'repeatable'],
      ['--contracts <path>', 'judge by the Ports contracts there, not by those in the folder'],
      ['--ephemeral <ports>', 'what the kernel takes for outgoing connections (32768-60999)'],
      ['--sarif <file>', 'also write SARIF 2.1.0; - prints nothing else'],
      ['--baseline <file>', 'leave out what that file knows'],
      ['--write-baseline', 'keep everything that is found now in the baseline'],
      JSON_FLAG,
    ],
    run: async (parts, [folder = '.'], options) =>
      (await import('./commands/ports-scan.ts')).runPortsScan(parts, folder, options),
  },
]
