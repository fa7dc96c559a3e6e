/** Commands about servers: being one, being known to one, and stopping one. */
import { JSON_FLAG, type Verb, WORKSPACE_FLAG } from './verb.ts'

const DATABASE_FLAG = [
  '--database <url>',
  'a database and not a folder, as RAMPART_DATABASE',
] as const
const KEY_FLAG = ['--key-file <file>', 'the key of what is secret there, as RAMPART_KEY'] as const

/** In the order of the help. */
export const SERVER_VERBS: readonly Verb[] = [
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
    usage: 'people list',
    summary: 'list who has signed in, and what each may do',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, _, options) =>
      (await import('./commands/people.ts')).runPeopleList(parts, options),
  },
  {
    usage: 'people grant <person>',
    summary: 'grant a person a role by name, beside what they have',
    options: [
      ['--role <role>', 'viewer, operator, approver or admin'],
      ['--contract <pattern>', 'only for those: Environment/shop-*', 'repeatable'],
      ['--label <label>', 'only for contracts with that label: team=store', 'repeatable'],
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [person = ''], options) =>
      (await import('./commands/people-grant.ts')).runPeopleGrant(parts, person, options),
  },
  {
    usage: 'people revoke <person>',
    summary: 'take away all that was granted to a person by name',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [person = ''], options) =>
      (await import('./commands/people.ts')).runPeopleRevoke(parts, person, options),
  },
  {
    usage: 'people sign-out <person>',
    summary: 'end every session and login of a person',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [person = ''], options) =>
      (await import('./commands/people.ts')).runPeopleSignOut(parts, person, options),
  },
  {
    usage: 'webhooks list',
    summary: 'list who is told of what happens',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, _, options) =>
      (await import('./commands/webhooks.ts')).runWebhooksList(parts, options),
  },
  {
    usage: 'webhooks add <url>',
    summary: 'let somebody be told, - to read a secret URL; shows what signs it once',
    options: [
      ['--slack', 'a text for Slack and its likes, instead of signed CloudEvents'],
      ['--type <type>', 'stage.breached, ramp.held, approval.wanted, ramp.ended, …', 'repeatable'],
      ['--contract <pattern>', 'only of those: Environment/shop-*', 'repeatable'],
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, [url = ''], options) =>
      (await import('./commands/webhooks.ts')).runWebhooksAdd(parts, url, options),
  },
  {
    usage: 'webhooks remove <id>',
    summary: 'tell somebody nothing any more',
    options: [WORKSPACE_FLAG],
    run: async (parts, [id = ''], options) =>
      (await import('./commands/webhooks.ts')).runWebhooksRemove(parts, id, options),
  },
  {
    usage: 'webhooks deliveries',
    summary: 'list what was sent, is to be sent, and could not be',
    options: [
      ['--dead', 'only what could not be delivered'],
      ['--pending', 'only what is still to be sent'],
      ['--webhook <id>', 'only to that one'],
      ['-n, --limit <count>', 'how many (50)'],
      WORKSPACE_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, _, options) =>
      (await import('./commands/webhooks.ts')).runDeliveries(parts, options),
  },
  {
    usage: 'webhooks redeliver <ids...>',
    summary: 'send something again, from the beginning',
    options: [WORKSPACE_FLAG],
    run: async (parts, ids, options) =>
      (await import('./commands/webhooks.ts')).runRedeliver(parts, ids, options),
  },
  {
    usage: 'ready',
    summary: 'say whether the server is ready to serve, for whoever watches it',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, _, options) =>
      (await import('./commands/ready.ts')).runReady(parts, options),
  },
  {
    usage: 'serve',
    summary: 'serve others over the network, until told to stop',
    options: [
      ['--listen <address>', 'host and port (127.0.0.1:7070)'],
      ['--tls-cert <file>', 'the certificate, in PEM'],
      ['--tls-key <file>', 'its key, in PEM'],
      ['--client-ca <file>', 'who vouches for agents, which must then show a certificate'],
      ['--behind-proxy', 'a proxy before it has TLS, and says truly who asks'],
      ['--public-url <url>', 'how browsers reach it'],
      ['--access <file>', 'who may come in, and by which provider of identities'],
      ['--database <url>', 'keep everything in PostgreSQL, as RAMPART_DATABASE'],
      ['--key-file <file>', 'the key of webhooks and a database, as RAMPART_KEY; the same for all'],
      ['--replica <name>', 'what this server is called among those that share the database'],
      [
        '--webhooks-may-reach <networks>',
        'private networks for webhooks: 10.0.0.0/8, or everything',
      ],
      WORKSPACE_FLAG,
    ],
    run: async (parts, _, options) =>
      (await import('./commands/serve.ts')).runServe(parts, options),
  },
  {
    usage: 'backup <file>',
    summary: 'write everything that a server keeps to a file, while it goes on',
    options: [DATABASE_FLAG, KEY_FLAG, WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [file = ''], options) =>
      (await import('./commands/move-store.ts')).runBackup(parts, file, options),
  },
  {
    usage: 'restore <file>',
    summary: 'put a backup into an empty folder or database',
    options: [DATABASE_FLAG, KEY_FLAG, WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [file = ''], options) =>
      (await import('./commands/move-store.ts')).runRestore(parts, file, options),
  },
  {
    usage: 'migrate',
    summary: 'move everything from a folder to PostgreSQL, or back',
    options: [
      ['--from <place>', 'a folder, or the URL of a database'],
      ['--to <place>', 'the same; there must be nothing yet'],
      KEY_FLAG,
      JSON_FLAG,
    ],
    run: async (parts, _, options) =>
      (await import('./commands/move-store.ts')).runMigrate(parts, options),
  },
  {
    usage: 'agents list',
    summary: 'list the agents that work for a server, by region',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, _, options) =>
      (await import('./commands/agents.ts')).runAgentsList(parts, options),
  },
  {
    usage: 'agents remove <region>',
    summary: 'let a region have no agent any more',
    options: [WORKSPACE_FLAG],
    run: async (parts, [region = ''], options) =>
      (await import('./commands/agents.ts')).runAgentsRemove(parts, region, options),
  },
  {
    usage: 'agent',
    summary: 'work for a server in a region, in the foreground',
    options: [
      ['--region <region>', 'the region whose components live here'],
      ['--server <url>', 'the server; with several replicas, each of them', 'repeatable'],
      ['--ca <file>', "certificates to trust besides the system's"],
      ['--certificate <file>', 'the certificate by which it is known, beside its token, in PEM'],
      ['--key <file>', 'its key, in PEM'],
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
