/**
 * The command line: the table of verbs as commander takes it. Each verb's own file is loaded only when
 * it is called, so that `rampart --help` stays quick.
 */
import { Command, CommanderError } from 'commander'
import { present } from '../core/fault/assert.ts'
import type { ServerOptions } from './choose-server.ts'
import type { CliParts } from './cli-parts.ts'
import { EXIT } from './exit-code.ts'
import type { Options, Verb } from './verb.ts'
import { GROUPS, VERBS } from './verbs.ts'

/** Runs one command. @returns the exit code */
export async function runCli(argv: readonly string[], parts: CliParts): Promise<number> {
  let exitCode: number = EXIT.yes
  let asked = parts
  const program = buildProgram(parts, {
    asking: (meant) => {
      asked = meant
    },
    done: (code) => {
      exitCode = code
    },
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.yes : EXIT.usage
    const { complain } = await import('./complaint.ts')
    return complain(asked, error, argv.includes('--json'))
  }
}

/** What a command tells while it runs. */
interface Told {
  /** Whom it asks. */
  asking(parts: CliParts): void
  done(exitCode: number): void
}

function buildProgram(parts: CliParts, told: Told): Command {
  const program = new Command('rampart')
    .description('Environments, limits, rollouts, ports and services move only on proof.')
    .version(parts.version, '-V, --version')
    .enablePositionalOptions()
    .option('--server <url>', 'speak to that server, as RAMPART_SERVER and RAMPART_TOKEN say')
    .option('--context <context>', 'speak to the server that is kept under that name')
    .option('--ca <file>', "certificates to trust besides the system's")
    .addHelpText('after', '\nBegin with: rampart init, rampart check, rampart up')
  const groups = new Map<string, Command>()
  for (const verb of VERBS) {
    const path = groupOf(verb)
    const usage = path === '' ? verb.usage : verb.usage.slice(path.length + 1)
    addVerb(groupAt(program, path, groups), verb, usage, { parts, told })
  }
  for (const command of [program, ...groups.values()]) configure(command, parts)
  return program
}

/** The words of a command that have others below them, too: of `ports scans list` the first two. */
function groupOf({ usage }: Verb): string {
  const [, path = ''] = /^((?:[a-z-]+ )*)[a-z-]+(?: [<[]|$)/.exec(usage) ?? []
  return path.trimEnd()
}

/** The command that stands for a group, which is made when it is first asked for. */
function groupAt(program: Command, path: string, groups: Map<string, Command>): Command {
  const known = path === '' ? program : groups.get(path)
  if (known !== undefined) return known
  const parent = path.includes(' ') ? path.slice(0, path.lastIndexOf(' ')) : ''
  const group = groupAt(program, parent, groups)
    .command(path.slice(parent.length).trimStart())
    .description(present(GROUPS[path], `the group ${path} is described`))
  groups.set(path, group)
  return group
}

function addVerb(
  parent: Command,
  verb: Verb,
  usage: string,
  to: { readonly parts: CliParts; readonly told: Told },
): void {
  const command = parent.command(usage, { hidden: verb.isHidden === true })
  command.description(verb.summary)
  for (const [flags, description, repeatable] of verb.options) {
    if (repeatable === undefined) command.option(flags, description)
    else command.option(flags, description, appended)
  }
  configure(command, to.parts)
  command.action(async (...received: unknown[]) => {
    const args = received.slice(0, -2).flat() as readonly string[]
    const parts = await towardMeant(to.parts, verb, command.optsWithGlobals())
    to.told.asking(parts)
    to.told.done(await verb.run(parts, args, received.at(-2) as Options))
  })
}

/** What is about this machine, whichever server is meant, unless it is published there. */
const HERE: ReadonlySet<string> = new Set([
  ...['init', 'import', 'export', 'check', 'plan', 'parts', 'prove'],
  ...['serve', 'agent', 'daemon', 'context', 'login', 'backup', 'restore', 'migrate'],
  'ports scan',
])

/** The parts, speaking to the server that is meant where the verb speaks to any. */
async function towardMeant(
  parts: CliParts,
  { usage }: Verb,
  options: ServerOptions & { readonly publish?: string },
): Promise<CliParts> {
  const [word = '', second] = usage.split(' ')
  const isHere = HERE.has(word) || HERE.has(`${word} ${second}`)
  if (isHere && options.publish === undefined) return parts
  const { towardServer } = await import('./choose-server.ts')
  return towardServer(parts, options)
}

function appended(value: string, values: readonly string[] = []): readonly string[] {
  return [...values, value]
}

function configure(command: Command, parts: CliParts): void {
  command
    .helpOption('-h, --help', 'show help')
    .showHelpAfterError(`  Next: ${pathOf(command)} --help`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => parts.stdout.write(text),
      writeErr: (text) => parts.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, 'rampart:') + placeOf(text)),
    })
}

/** Where an option belongs that was written behind the command. */
function placeOf(complaint: string): string {
  const [, option] = /unknown option '(--server|--context|--ca)/.exec(complaint) ?? []
  if (option === undefined) return ''
  return `  ${option} stands before the command: rampart ${option} … status\n`
}

/** How a command is called, from the program's name on. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}
