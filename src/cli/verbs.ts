/**
 * The one table of commands: how each is called, what it does in a line, its options. The program, its
 * help and docs/cli.md are made of it. Each command's own file is loaded only when it is called.
 */

import { PORT_VERBS } from './port-verbs.ts'
import { PROPOSAL_VERBS } from './proposal-verbs.ts'
import { SERVER_VERBS } from './server-verbs.ts'
import {
  JSON_FLAG,
  NAME_FLAG,
  PICTURE_FLAGS,
  TARGET_FLAG,
  TRACE_FLAG,
  type Verb,
  WHY_FLAG,
  WORKSPACE_FLAG,
} from './verb.ts'

/** Every command, in the order of the help. */
export const VERBS: readonly Verb[] = [
  {
    usage: 'init [folder]',
    summary: 'write a contract that works for a folder',
    options: [],
    run: async (parts, [folder]) => (await import('./commands/init.ts')).runInit(parts, folder),
  },
  {
    usage: 'demo',
    summary: 'bring up a small shop, to see what Rampart does',
    options: [
      ['--exit', 'take it down at once'],
      ['--no-open', 'do not open the dashboard in the browser'],
      ['--break <part>', 'break a part on purpose, and see how that is noticed'],
      ['--folder <folder>', 'where an installed Rampart puts it (rampart-demo)'],
      JSON_FLAG,
    ],
    run: async (parts, _, options) => (await import('./commands/demo.ts')).runDemo(parts, options),
  },
  {
    usage: 'import <file>',
    summary: 'write a contract from a file of another tool',
    options: [
      ['--format <format>', 'compose, process-compose, procfile, kubernetes or goss'],
      ['-o, --output <file>', 'where to write it, - for standard output (rampart.yaml)'],
      ['--name <contract>', 'its name; that of its folder when not given'],
      ['--profiles <names>', 'profiles of compose that take part, with commas'],
      ['--strict', 'exit 3 when anything could not be kept'],
      JSON_FLAG,
    ],
    run: async (parts, [file = ''], options) =>
      (await import('./commands/import.ts')).runImport(parts, file, options),
  },
  {
    usage: 'export [path]',
    summary: 'print a contract or a ramp in the words of another tool',
    options: [
      ['--to <format>', 'compose, kubernetes, mermaid, or junit for a ramp'],
      ['--goal <goal>', 'of the plan that mermaid shows; up when not given'],
      ['--ramp <ramp>', 'the ramp that junit shows; the latest when not given'],
      ['--strict', 'exit 3 when anything could not be said'],
      TARGET_FLAG,
      NAME_FLAG,
      WORKSPACE_FLAG,
    ],
    run: async (parts, [path], options) =>
      (await import('./commands/export.ts')).runExport(parts, path, options),
  },
  {
    usage: 'check [path]',
    summary: 'say everything that is wrong with contracts, starting nothing',
    options: [JSON_FLAG],
    run: async (parts, [path], options) =>
      (await import('./commands/check.ts')).runCheck(parts, path, options),
  },
  {
    usage: 'plan [path]',
    summary: 'show the stages a contract compiles to',
    options: [
      ['--goal <goal>', 'up or down; up when not given'],
      ['--against <target or file>', 'say what differs from that instead'],
      TARGET_FLAG,
      NAME_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [path], options) =>
      (await import('./commands/plan.ts')).runPlan(parts, path, options),
  },
  {
    usage: 'apply',
    summary: 'let the server hold contracts, showing the difference first',
    options: [
      ['-f, --file <path>', 'a file, or a folder with all that is below it'],
      ['--dry-run', 'only show the difference'],
      ['--yes', 'do not ask'],
      ['--as <owner>', 'an owner in whose name, on your own machine', 'repeatable'],
      WHY_FLAG,
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, _, options) =>
      (await import('./commands/apply.ts')).runApply(parts, options),
  },
  {
    usage: 'contracts list',
    summary: 'list the contracts that the server holds',
    options: [
      ['--kind <kind>', 'only of that kind'],
      ['--label <label>', 'only with that label: team, or team=store'],
      ['--owner <name>', 'only those that name that owner'],
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, _, options) =>
      (await import('./commands/contracts.ts')).runContractsList(parts, options),
  },
  {
    usage: 'contracts show <contract>',
    summary: 'print a contract that the server holds',
    options: [
      ['--revision <revision>', 'its number or digest; the latest when not given'],
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [called = ''], options) =>
      (await import('./commands/contracts.ts')).runContractsShow(parts, called, options),
  },
  {
    usage: 'contracts revisions <contract>',
    summary: 'list who amended a contract, when and why',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [called = ''], options) =>
      (await import('./commands/contracts.ts')).runContractsRevisions(parts, called, options),
  },
  {
    usage: 'contracts compare <contract>',
    summary: 'say what changed from one revision to another',
    options: [
      ['--from <revision>', 'number or digest; the one before the latest when not given'],
      ['--to <revision>', 'number or digest; the latest when not given'],
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [called = ''], options) =>
      (await import('./commands/contracts.ts')).runContractsCompare(parts, called, options),
  },
  ...PROPOSAL_VERBS,
  {
    usage: 'parts [folder]',
    summary: 'list who uses which contract, and in which revision',
    options: [JSON_FLAG],
    run: async (parts, [folder], options) =>
      (await import('./commands/parts.ts')).runParts(parts, folder, options),
  },
  {
    usage: 'up [path]',
    summary: 'bring an environment up, proving every stage',
    options: [
      ['-d, --detach', 'leave it to the daemon at once'],
      TRACE_FLAG,
      TARGET_FLAG,
      NAME_FLAG,
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [path], options) =>
      (await import('./commands/up.ts')).runUp(parts, path, options),
  },
  {
    usage: 'down [path]',
    summary: 'take an environment down, proved gone',
    options: [TARGET_FLAG, NAME_FLAG, WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [path], options) =>
      (await import('./commands/down.ts')).runDown(parts, path, options),
  },
  {
    usage: 'status',
    summary: 'show what is moving, what runs and what broke',
    options: [['-w, --watch', 'follow the ramp under way'], WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, _, options) =>
      (await import('./commands/status.ts')).runStatus(parts, options),
  },
  {
    usage: 'logs [component]',
    summary: 'show what components wrote',
    options: [
      ['-f, --follow', 'go on as lines are written'],
      ['-n, --tail <lines>', 'how many of the last lines to begin with (200)'],
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [component], options) =>
      (await import('./commands/logs.ts')).runLogs(parts, component, options),
  },
  {
    usage: 'abort [ramp]',
    summary: 'end a ramp and undo what it did',
    options: [
      ['--leave', 'leave everything as it stands'],
      ['-d, --detach', 'do not wait for its end'],
      WHY_FLAG,
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [ramp], options) =>
      (await import('./commands/words.ts')).runAbort(parts, ramp, options),
  },
  {
    usage: 'hold [ramp]',
    summary: 'let a ramp enter nothing new until it is resumed',
    options: [WHY_FLAG, WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [ramp], options) =>
      (await import('./commands/words.ts')).runHold(parts, ramp, options),
  },
  {
    usage: 'resume [ramp]',
    summary: 'let a ramp go on; what failed is tried again',
    options: [
      ['--stage <stage>', 'of what failed, try only that again'],
      WHY_FLAG,
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [ramp], options) =>
      (await import('./commands/words.ts')).runResume(parts, ramp, options),
  },
  ...(['approve', 'reject'] as const).map(
    (say): Verb => ({
      usage: `${say} <ramp> <stage/condition>`,
      summary: `${say} what a stage waits for, for the plan as it stands`,
      options: [['--as <name>', 'in whose name, on your own machine'], WORKSPACE_FLAG, JSON_FLAG],
      run: async (parts, [ramp = '', at = ''], options) =>
        (await import('./commands/words.ts')).runApproval(parts, { say, ramp, at }, options),
    }),
  ),
  {
    usage: 'explain [what]',
    summary: 'explain a fault code, a ramp or a stage',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [what], options) =>
      (await import('./commands/explain.ts')).runExplain(parts, what, options),
  },
  {
    usage: 'simulate [environment]',
    summary: 'foretell how long a ramp takes, and what would change that',
    options: [
      ['--what <change>', 'what if: "db 2x", "db 500ms", "a->b provisional"', 'repeatable'],
      ['--without <edge>', 'what if b did not wait for a: "a->b"', 'repeatable'],
      ['--cores <count>', 'what if so many stages were at work at a time'],
      ['--estimate <stage=duration>', 'for what was never ramped: db=2s, db=1s..4s', 'repeatable'],
      ['--goal <goal>', 'up or down; up when not given'],
      ['--last <count>', 'how many earlier ramps to draw from (50)'],
      ['--runs <count>', 'how many ramps to simulate (10000)'],
      ['--seed <number>', 'the same seed gives the same forecast (1)'],
      ...PICTURE_FLAGS,
      TARGET_FLAG,
      NAME_FLAG,
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [environment], options) =>
      (await import('./commands/simulate.ts')).runSimulate(parts, environment, options),
  },
  {
    usage: 'why [ramp]',
    summary: 'say where the time of a ramp went, and what it came from',
    options: [TRACE_FLAG, WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [ramp], options) =>
      (await import('./commands/why.ts')).runWhy(parts, ramp, options),
  },
  {
    usage: 'prove [path]',
    summary: 'break a copy on purpose, and list what no condition notices',
    options: [
      ['--within <duration>', 'how long conditions have to notice (10s)'],
      ['--clean', 'only remove the copies that killed proofs have left'],
      TARGET_FLAG,
      NAME_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [path], options) =>
      (await import('./commands/prove.ts')).runProve(parts, path, options),
  },
  {
    usage: 'trend [environment]',
    summary: 'show how long ramps took, and how forecasts would have done',
    options: [
      ['--goal <goal>', 'up or down; up when not given'],
      ['--last <count>', 'how many ramps to look back on (50)'],
      ...PICTURE_FLAGS,
      TARGET_FLAG,
      NAME_FLAG,
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [environment], options) =>
      (await import('./commands/trend.ts')).runTrend(parts, environment, options),
  },
  {
    usage: 'ledger show [ramp]',
    summary: 'print the entries of a ramp, or of all',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [ramp], options) =>
      (await import('./commands/ledger.ts')).runLedgerShow(parts, ramp, options),
  },
  {
    usage: 'ledger verify',
    summary: 'prove that nothing was altered, removed or reordered',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, _, options) =>
      (await import('./commands/ledger.ts')).runLedgerVerify(parts, options),
  },
  {
    usage: 'ledger proof [position]',
    summary: 'prove that an entry is in the signed record',
    options: [
      ['--check <file>', 'prove one that was kept, asking nobody'],
      ['--key <key>', 'the public key that is trusted: base64, or a file as .rampart/ledger.pub'],
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [position], options) =>
      (await import('./commands/ledger-proof.ts')).runLedgerProof(parts, position, options),
  },
  {
    usage: 'ledger export',
    summary: 'print every entry as a line of JSON',
    options: [WORKSPACE_FLAG],
    run: async (parts, _, options) =>
      (await import('./commands/ledger.ts')).runLedgerExport(parts, options),
  },
  {
    usage: 'replay <ramp>',
    summary: 'fold and decide a ramp again; both must agree with the ledger',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [ramp = ''], options) =>
      (await import('./commands/replay.ts')).runReplay(parts, ramp, options),
  },
  ...PORT_VERBS,
  ...SERVER_VERBS,
]

/** The words by which every command that is shown in the help is called, for example `ledger show`. */
export const COMMANDS: readonly string[] = VERBS.filter((verb) => verb.isHidden !== true).map(
  ({ usage }) => usage.replace(/ [<[].*$/, ''),
)

/** What the words are about that have commands below them. */
export const GROUPS: Readonly<Record<string, string>> = {
  context: 'the servers that are known here',
  token: 'by what machines and agents are known',
  people: 'who signs in to a server',
  agents: 'who works for a server where things live',
  contracts: 'what the server holds',
  webhooks: 'who is told of what happens',
  ports: 'who has which port of this machine',
  'ports scans': 'scans of files for ports that were published',
  ledger: 'the record of everything that happened',
  daemon: "the process that owns a folder's components",
}
