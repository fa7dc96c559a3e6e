/**
 * The one table of commands: how each is called, what it does in a line, its options. The program, its
 * help and docs/cli.md are made of it. Each command's own file is loaded only when it is called.
 */
import type { CliParts } from './cli-parts.ts'

/** What commander has made of the options. */
export type Options = Readonly<Record<string, never>>
type Action = (parts: CliParts, args: readonly string[], options: Options) => Promise<number>

/** One command. */
export interface Verb {
  /** As commander writes it: `up [path]`. */
  readonly usage: string
  readonly summary: string
  /** Flag and description; `repeatable` when it may be given several times, each adding to a list. */
  readonly options: readonly (readonly [string, string, 'repeatable'?])[]
  /** Not shown in the help. */
  readonly isHidden?: boolean
  readonly run: Action
}

const JSON_FLAG = ['--json', 'print one JSON value a line, for programs'] as const
const WORKSPACE_FLAG = ['--workspace <folder>', 'the folder whose .rampart is meant'] as const
const TARGET_FLAG = ['--target <target>', 'for which of its targets, as RAMPART_TARGET'] as const
const NAME_FLAG = ['--name <contract>', 'which of several contracts'] as const
const PICTURE_FLAGS = [
  ['--svg <file>', 'also draw it'],
  ['--png <file>', 'also draw it, by rsvg-convert of librsvg'],
] as const
const TRACE_FLAG = ['--trace <file>', 'also write what happened for Perfetto or Chrome'] as const
const WHY_FLAG = ['--why <text>', 'the reason, for the ledger'] as const

/** Every command, in the order of the help. */
export const VERBS: readonly Verb[] = [
  {
    usage: 'init [folder]',
    summary: 'write a contract that works for a folder',
    options: [],
    run: async (parts, [folder]) => (await import('./commands/init.ts')).runInit(parts, folder),
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
    options: [WHY_FLAG, WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [ramp], options) =>
      (await import('./commands/words.ts')).runResume(parts, ramp, options),
  },
  ...(['approve', 'reject'] as const).map(
    (say): Verb => ({
      usage: `${say} <ramp> <stage/condition>`,
      summary: `${say} what a stage waits for, for the plan as it stands`,
      options: [['--as <name>', 'in whose name'], WORKSPACE_FLAG, JSON_FLAG],
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
  {
    usage: 'login',
    summary: 'become known to a server, and speak to it from now on',
    options: [
      ['--server <url>', 'the server'],
      ['--name <context>', 'what to call it here; its host when not given'],
      ['--token', 'read a token from standard input, instead of asking a browser'],
      ['--ca <file>', "certificates to trust besides the system's"],
    ],
    run: async (parts, _, options) =>
      (await import('./commands/login.ts')).runLogin(parts, options),
  },
  {
    usage: 'context list',
    summary: 'list the servers that are known here',
    options: [JSON_FLAG],
    run: async (parts, _, options) =>
      (await import('./commands/context.ts')).runContextList(parts, options),
  },
  {
    usage: 'context use <context>',
    summary: "speak to that server; `local` is this machine's own daemon",
    options: [],
    run: async (parts, [name = '']) =>
      (await import('./commands/context.ts')).runContextUse(parts, name),
  },
  {
    usage: 'context add <context>',
    summary: 'keep a server under a name',
    options: [
      ['--server <url>', 'the server'],
      ['--token-stdin', 'read a token for it from standard input'],
      ['--ca <file>', "certificates to trust besides the system's"],
    ],
    run: async (parts, [name = ''], options) =>
      (await import('./commands/context.ts')).runContextAdd(parts, name, options),
  },
  {
    usage: 'context remove <context>',
    summary: 'forget a server and the token for it',
    options: [],
    run: async (parts, [name = '']) =>
      (await import('./commands/context.ts')).runContextRemove(parts, name),
  },
  {
    usage: 'token create <name>',
    summary: 'make a token for a machine or an agent, shown once',
    options: [
      ['--role <role>', 'viewer, operator, approver, admin or agent'],
      ['--contract <pattern>', 'only for those: Environment/shop-*', 'repeatable'],
      ['--label <label>', 'only for contracts with that label: team=store', 'repeatable'],
      ['--region <region>', 'for an agent: only there', 'repeatable'],
      ['--expires <duration>', 'how long it holds (90d)'],
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [name = ''], options) =>
      (await import('./commands/token.ts')).runTokenCreate(parts, name, options),
  },
  {
    usage: 'token list',
    summary: 'list tokens, and when each was last used',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, _, options) =>
      (await import('./commands/token.ts')).runTokenList(parts, options),
  },
  {
    usage: 'token revoke <id>',
    summary: 'end a token at once',
    options: [WORKSPACE_FLAG],
    run: async (parts, [id = ''], options) =>
      (await import('./commands/token.ts')).runTokenRevoke(parts, id, options),
  },
  {
    usage: 'serve',
    summary: 'serve others over the network, until told to stop',
    options: [
      ['--listen <address>', 'host and port (127.0.0.1:7070)'],
      ['--tls-cert <file>', 'the certificate, in PEM'],
      ['--tls-key <file>', 'its key, in PEM'],
      ['--behind-proxy', 'a proxy before it has TLS, and says truly who asks'],
      ['--public-url <url>', 'how browsers reach it'],
      ['--access <file>', 'who may come in, and by which provider of identities'],
      WORKSPACE_FLAG,
    ],
    run: async (parts, _, options) =>
      (await import('./commands/serve.ts')).runServe(parts, options),
  },
  {
    usage: 'agent',
    summary: 'work for a server in a region, in the foreground',
    options: [
      ['--region <region>', 'the region whose components live here'],
      ['--server <url>', 'the server; with several replicas, each of them', 'repeatable'],
      ['--ca <file>', "certificates to trust besides the system's"],
      ['--replace', 'take the place of an agent that is gone for good'],
      WORKSPACE_FLAG,
    ],
    run: async (parts, _, options) =>
      (await import('./commands/agent.ts')).runAgent(parts, options),
  },
  {
    usage: 'daemon status',
    summary: "say who serves this folder's components",
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, _, options) =>
      (await import('./commands/daemon.ts')).runDaemonStatus(parts, options),
  },
  {
    usage: 'daemon stop',
    summary: 'stop it; components go on running',
    options: [WORKSPACE_FLAG],
    run: async (parts, _, options) =>
      (await import('./commands/daemon.ts')).runDaemonStop(parts, options),
  },
  {
    usage: 'daemon restart',
    summary: 'stop it and start one of this version',
    options: [WORKSPACE_FLAG],
    run: async (parts, _, options) =>
      (await import('./commands/daemon.ts')).runDaemonRestart(parts, options),
  },
  {
    usage: 'daemon run',
    summary: 'be the daemon, in the foreground',
    isHidden: true,
    options: [WORKSPACE_FLAG, ['--idle-exit <duration>', 'stop when idle for so long']],
    run: async (parts, _, options) =>
      (await import('./commands/daemon.ts')).runDaemon(parts, options),
  },
]

/** The words by which every command that is shown in the help is called, for example `ledger show`. */
export const COMMANDS: readonly string[] = VERBS.filter((verb) => verb.isHidden !== true).map(
  ({ usage }) => usage.replace(/ [<[].*$/, ''),
)

/** What the words are about that have commands below them. */
export const GROUPS: Readonly<Record<string, string>> = {
  context: 'the servers that are known here',
  token: 'by what machines and agents are known',
  contracts: 'what the server holds',
  ledger: 'the record of everything that happened',
  daemon: "the process that owns a folder's components",
}
