/** docs/cli-json.md: what the commands print with --json, from the texts that a test keeps true. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { printFormattedJson } from '../formatted-json.ts'
import { GENERATED } from './markdown.ts'

/** A shape: its golden text, and what is to be said of it. */
interface Shape {
  readonly name: string
  readonly title: string
  readonly text: string
}

const SHAPES: readonly Shape[] = [
  {
    name: 'check',
    title: 'rampart check',
    text: '`verdict` is `valid` or `invalid`. Each issue has `code`, `message`, `file`, `line`, `column` and `path`, and where they apply `expected`, `found` and `nearest`. `plan`, `up` and `down` print the same, and exit with 2, when the contract is invalid.',
  },
  {
    name: 'plan',
    title: 'rampart plan',
    text: '`digest` is the SHA-256 of the canonical JSON (RFC 8785) of `plan`: equal contracts give equal digests on every machine.',
  },
  {
    name: 'plan-against',
    title: 'rampart plan --against',
    text: '`of` a change is `plan`, `group` or `stage`, with its `name`; `part` is `whole`, `edge`, `condition`, `command`, `value` or `order`; `path` says where, with what has a name called by it. `in` is which of the two has it, `both` when it is another value there. A setting comes `from` a variable, has a `default`, or a `secret` one that is not told. `watch` is null when both are watched in the same way. The exit code is 0, whatever differs.',
  },
  {
    name: 'up',
    title: 'rampart up',
    text: '`verdict` is `ready`, `undone`, `abandoned` or `held`. Instants of stages are milliseconds since the ramp was opened. `ratio` is `totalMs` ÷ `criticalPathMs`. With `--detach` only `{"ramp": …}` is printed. `rampart explain RAMP` and `rampart abort` print the same shape; there `verdict` may also be `underWay`.',
  },
  {
    name: 'up-broken',
    title: 'rampart up that was undone',
    text: '`cause` names the part, the condition, a reason of one word, a sentence, and the evidence of the last answer. The exit code is 3.',
  },
  {
    name: 'down',
    title: 'rampart down',
    text: 'As of `up`, and what the kernel still knows of the environment in `left`; `verdict` is `down`.',
  },
  {
    name: 'status',
    title: 'rampart status',
    text: 'The latest ramps, newest first, every environment with its latest starts, and the agents of every region (`status` is `connected` or `lost`). `phase` is `moving`, `undoing`, `held` or `ended`; `status` of a component is `running`, `exited` or `lost`. With `--watch` the value is that of `up`.',
  },
  {
    name: 'explain-stage',
    title: 'rampart explain RAMP/STAGE',
    text: 'The sentences are for people; programs read the stage.',
  },
  {
    name: 'why',
    title: 'rampart why',
    text: '`class` is that of the first finding: `badDeploy`, `bottleneck`, `missingDependency`, `word`, `unexplained`, or null when nothing is out of the ordinary. `runs` counts the earlier runs of the same stages that reached the goal; `usual` is what they took, `standing` one of `usual`, `aboveP75`, `aboveP95` and `unknown`. `slackMs` is by how much later a stage could have been ready without the ramp ending later. `reached` is `ready`, `failed`, `underWay` or `never`.',
  },
  {
    name: 'why-broken',
    title: 'rampart why of a ramp that broke',
    text: 'Each finding names its `stage`, and in `evidence` all that speaks for its class: `of` is `change`, `answer`, `pressure`, `latency`, `queue` or `word`. It is empty only when the class is `unexplained`. A `change` has `change` (`of` is `stage`, `release` or `setting`; `stages`, `at`, `sentence`); an `answer` has `condition`, `reason`, `sentence`, `spentMs`, `target` (the stage that was asked, null outside the ramp) and `missing` (`refused`, `name`, `auth`, `trust`, `schema`, `worker` or `program`); `pressure` has `resource` (`cpu`, `io`, `memory`), `shareBp`, `usualBp`, `demandBp`, `usualDemandBp` (basis points) and `beside`; `latency` has `condition`, `target`, `latencyMs`, `usualMs`; a `queue` has `behind` and `waitedMs`.',
  },
  { name: 'explain-code', title: 'rampart explain CODE', text: 'As in [errors.md](errors.md).' },
  {
    name: 'simulate',
    title: 'rampart simulate',
    text: 'Shares and errors are basis points (`Bp`, 100 are 1 %). `after` is null without a what-if; `changes` has each what-if by itself when there are several. `source` of a stage is `history`, `other-revision` (it did or proved something else then) or `estimate`. `option` of an improvement is what to type to see it. `check` is as of `trend`.',
  },
  {
    name: 'trend',
    title: 'rampart trend',
    text: 'Oldest first; ramps that found parts running are only counted. `direction` is `steady`, `slower`, `faster` or `unclear`. `foretold` is what a forecast from the ramps before it says of a ramp, null when those are fewer than three; `check` sums that up.',
  },
  {
    name: 'logs',
    title: 'rampart logs',
    text: 'One object a line; `stream` is `out`, `err` or `note`.',
  },
  {
    name: 'ledger-verify',
    title: 'rampart ledger verify',
    text: 'When `verdict` is `broken` instead, `position` is the first bad entry, `problem` one of `altered`, `removed`, `reordered`, `checkpoint-mismatch` and `signature-invalid`, and `sentence` says it in words; the exit code is 1.',
  },
  {
    name: 'replay',
    title: 'rampart replay',
    text: 'When `agrees` is false, `sequence`, `expected` and `found` show the first decision that would not be taken today; the exit code is 1.',
  },
  {
    name: 'ports-scan',
    title: 'rampart ports scan',
    text: '`verdict` is `conflict` when a finding is an error (the exit code is then 3), else `clear`. A finding has `rule`, `severity` (`error`, `warning`, `note`), what is wrong in `sentence` and what to do in `remedy`; `fingerprint` stays the same when lines move. `scope` is `host`, `node`, `cluster` or `network …`; `confidence` is `explicit`, `interpolated`, `default` or `heuristic`. `environment`, `host`, `target` and `because` are null where nothing is said. `hidden` counts guesses that only `--all` shows, `known` what the baseline left out, `gone` what it has and nobody writes any more; `remarks` are about files that could not be read.',
  },
  { name: 'daemon-status', title: 'rampart daemon status', text: 'Who serves, and since when.' },
  {
    name: 'error',
    title: 'Any command that meets a fault',
    text: 'The exit code is that of the code.',
  },
]

/** The text of the page, made of the golden texts of a repository. */
export function cliJsonPage(repository: string): string {
  const sections = SHAPES.map(({ name, title, text }) => {
    const file = join(repository, 'test/golden/cli/json', `${name}.json`)
    const example = laidOut(readFileSync(file, 'utf8'))
    return `## ${title}\n\n${text}\n\n\`\`\`json\n${example}\n\`\`\`\n`
  })
  return `# What \`--json\` prints

${GENERATED}

These shapes are a promise: members may be added, none is renamed, removed or given another meaning. Every
value stands on one line of standard output; here they are laid out, and what differs from run to run is
in angle brackets (\`"<ms>"\` stands for a number of milliseconds). Instants that do not belong to a stage
are milliseconds since 1970.

${sections.join('\n')}`
}

/** Values one below the other, each laid out as the formatter does. */
function laidOut(text: string): string {
  const values = text.trimEnd().split(/(?<=^\})\n/m)
  return values.map((value) => printFormattedJson(JSON.parse(value)).trimEnd()).join('\n')
}
