/**
 * Commands about ports: who has them, claiming them, running something with them, and which files
 * want them.
 */
import { JSON_FLAG, NAME_FLAG, type Verb, WORKSPACE_FLAG } from './verb.ts'

const OWNER_FLAGS = [
  ['--environment <name>', 'for which environment'],
  ['--tenant <name>', 'for which tenant'],
  ['--scope <name>', 'a set of ports of its own: a worktree, a CI job; as RAMPART_SCOPE'],
] as const

const PROTOCOL_FLAG = ['--protocol <protocol>', 'of which protocol: tcp or udp (tcp)'] as const

const REGION_FLAG = ['--region <region>', "on the machine of that region's agent"] as const

/** In the order of the help. */
export const PORT_VERBS: readonly Verb[] = [
  {
    usage: 'ports list',
    summary: 'list who has which port',
    options: [
      ['--service <service>', 'only of that service'],
      ['--ranges', 'the ranges that ports are granted from, not the leases'],
      ['--state <state>', 'only in that state, for example held or draining'],
      REGION_FLAG,
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, _, options) =>
      (await import('./commands/ports.ts')).runPortsList(parts, options),
  },
  {
    usage: 'ports explain <port>',
    summary: 'say who has a port, since when, by which rule, and who had it before',
    options: [REGION_FLAG, WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [port = ''], options) =>
      (await import('./commands/ports.ts')).runPortsExplain(parts, port, options),
  },
  {
    usage: 'ports claim <service> [ports...]',
    summary: 'claim ports for a service, held until it takes them',
    options: [
      ['--number <port>', 'exactly this one, or none'],
      ['--for <duration>', 'how long it lasts while nobody takes it (10m)'],
      PROTOCOL_FLAG,
      ...OWNER_FLAGS,
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [service = '', ...ports], options) =>
      (await import('./commands/ports-claim.ts')).runPortsClaim(parts, { service, ports }, options),
  },
  {
    usage: 'ports release <leases...>',
    summary: 'give leases back, by their id or their port',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, leases, options) =>
      (await import('./commands/ports-claim.ts')).runPortsRelease(parts, leases, options),
  },
  {
    usage: 'ports run <command...>',
    summary: 'run a command with ports of its own: rampart ports run -- npm run dev',
    options: [
      ['--service <service>', 'what it is called; the folder when not given'],
      ['--port <name>', 'which ports it needs (http)', 'repeatable'],
      ['--inherit', 'it inherits the listening sockets, from descriptor 3 on (LISTEN_FDS)'],
      PROTOCOL_FLAG,
      ...OWNER_FLAGS,
      WORKSPACE_FLAG,
    ],
    run: async (parts, command, options) =>
      (await import('./commands/ports-run.ts')).runPortsRun(parts, command, options),
  },
  {
    usage: 'ports scan [folder]',
    summary: 'say which ports files claim, and which of them are in conflict',
    options: [
      ['--environment <name>', 'only what is started there'],
      ['--all', 'also what is only a guess'],
      ['--claims', 'also list every port that is claimed'],
      ['--together', 'take everything in the folder to be started at once'],
      ['--live', 'also say who listens on a claimed port of this machine now'],
      ['--exclude <pattern>', 'leave out paths like that, as .gitignore would', 'repeatable'],
      ['--contracts <path>', 'judge by the Ports contracts there, not by those in the folder'],
      ['--ephemeral <ports>', 'what the kernel takes for outgoing connections (32768-60999)'],
      ['--sarif <file>', 'also write SARIF 2.1.0; - prints nothing else'],
      ['--baseline <file>', 'leave out what that file knows'],
      ['--write-baseline', 'keep everything that is found now in the baseline'],
      ['--publish <name>', 'send it to the server under that name, to be seen and compared there'],
      ['--revision <text>', 'with --publish: what was scanned, such as a commit'],
      JSON_FLAG,
    ],
    run: async (parts, [folder = '.'], options) =>
      (await import('./commands/ports-scan.ts')).runPortsScan(parts, folder, options),
  },
  {
    usage: 'ports scans list',
    summary: 'list the scans that were published, the latest of each name',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, _, options) =>
      (await import('./commands/ports-scans.ts')).runScansList(parts, options),
  },
  {
    usage: 'ports scans remove <name>',
    summary: 'remove a scan of what is scanned no more, so that nothing is compared with it',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [name = ''], options) =>
      (await import('./commands/ports-scans.ts')).runScansRemove(parts, name, options),
  },
  {
    usage: 'ports policy [path]',
    summary: 'print who may connect, by the Ports contracts, for a program that enforces it',
    options: [
      ['--as <program>', 'for which: nftables, networkpolicy or haproxy'],
      ['--check', 'try it instead, as users of this machine; exit code 3 when it is not so'],
      ['--certificate <file>', 'with --check: show this certificate to fronts that ask for one'],
      ['--key <file>', 'with --check: the key of that certificate'],
      NAME_FLAG,
      WORKSPACE_FLAG,
      ['--json', 'with --check: print every trial as one JSON value, for programs'],
    ],
    run: async (parts, [path], options) =>
      (await import('./commands/ports-policy.ts')).runPortsPolicy(parts, path, options),
  },
]
