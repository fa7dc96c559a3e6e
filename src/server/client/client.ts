/**
 * The typed client of the daemon's API: one method for each address. Faults of the daemon are thrown
 * here as if it were in this process. It starts nothing; see ensure-daemon.ts.
 */

import type { Word } from '../../core/entry/entry.ts'
import { isFault } from '../../core/fault/fault.ts'
import type {
  IdentityView,
  LoginBegun,
  LoginTaken,
  TokenPage,
  TokenReply,
  TokenRequest,
  TokenView,
} from '../wire/access.ts'
import type {
  ApplyReply,
  ApplyRequest,
  ComparisonView,
  ContractPage,
  RevisionPage,
  RevisionView,
} from '../wire/contracts.ts'
import type {
  DeliveryPage,
  WebhookPage,
  WebhookReply,
  WebhookRequest,
  WebhookView,
} from '../wire/webhooks.ts'
import type {
  CircumstanceReply,
  DaemonView,
  EntryPage,
  EnvironmentView,
  LedgerProof,
  LeftoversView,
  LogLine,
  OpenRampReply,
  OpenRampRequest,
  RampPage,
  RampView,
  Recorded,
  SayReply,
  StreamEvent,
  StreamSummary,
  Verification,
} from '../wire.ts'
import { jsonLinesOf, serverSentEventsOf } from './framing.ts'
import { type RemoteServer, Transport } from './transport.ts'

/** Which lines of which component. */
export interface LogsQuery {
  /** `<contract>/<component>`; absent: every component. */
  readonly subject?: string
  /** How many of the last lines to begin with. @default all that are kept */
  readonly tail?: number
  /** Go on as lines are written. @default false */
  readonly follow?: boolean
  readonly signal?: AbortSignal
}

/** Where a stream begins, and when it is to end. */
export interface StreamQuery {
  /** The last sequence already seen. @default 0 */
  readonly after?: number
  readonly signal?: AbortSignal
}

/** Which page of a list. */
export interface PageOf {
  readonly limit?: number
  readonly cursor?: string
}

/** Which of the contracts that are held. */
export interface ContractsQuery extends PageOf {
  readonly kind?: string
  readonly label?: string
  readonly owner?: string
}

/** Asks one daemon. A ramp is named by its id, a beginning of it, `latest`, or its contract's name. */
export class RampartClient {
  readonly #transport: Transport

  /** @param server the path of a daemon's socket, or where to find a server on the network */
  constructor(server: string | RemoteServer) {
    this.#transport = new Transport(server)
  }

  /** Who is asking. */
  me(): Promise<IdentityView> {
    return this.#transport.json({ path: '/v1/me' })
  }

  /** Begins to log a command line in. */
  beginLogin(): Promise<LoginBegun> {
    return this.#transport.json({ method: 'POST', path: '/v1/auth/device', body: {} })
  }

  /** The token of a login, once somebody has confirmed it. */
  takeLogin(deviceCode: string): Promise<LoginTaken> {
    const path = '/v1/auth/device/token'
    return this.#transport.json({ method: 'POST', path, body: { deviceCode } })
  }

  /** Makes a token. Its secret is in this answer, and in no other. */
  createToken(request: TokenRequest): Promise<TokenReply> {
    return this.#transport.json({ method: 'POST', path: '/v1/tokens', body: request })
  }

  /** Every token, without its secret. */
  async tokens(): Promise<readonly TokenView[]> {
    const tokens: TokenView[] = []
    let cursor: string | undefined
    do {
      const page = await this.#transport.json<TokenPage>({ path: '/v1/tokens', query: { cursor } })
      tokens.push(...page.tokens)
      cursor = page.next
    } while (cursor !== undefined)
    return tokens
  }

  /** Ends a token at once. */
  async revokeToken(id: string): Promise<void> {
    await this.#transport.json({ method: 'DELETE', path: `/v1/tokens/${encodeURIComponent(id)}` })
  }

  /** Who the daemon is, and what is under way. */
  daemon(): Promise<DaemonView> {
    return this.#transport.json({ path: '/v1/daemon' })
  }

  /** Asks the daemon to stop, ending nothing that runs; resolves once its process is gone. */
  async stopDaemon(): Promise<void> {
    const request = { method: 'POST', path: '/v1/daemon/stop', body: {} } as const
    try {
      // The answer lasts as long as the daemon does.
      for await (const _ of this.#transport.text(request));
    } catch (error) {
      if (!isFault(error, 'daemon-lost')) throw error
    }
  }

  /** Opens a ramp. @returns its id, once its opening is recorded */
  async openRamp(request: OpenRampRequest): Promise<string> {
    const path = '/v1/ramps'
    const reply = await this.#transport.json<OpenRampReply>({ method: 'POST', path, body: request })
    return reply.ramp
  }

  /** Ramps, newest first. `cursor` is `next` of the page before. */
  ramps(page: { readonly limit?: number; readonly cursor?: string } = {}): Promise<RampPage> {
    return this.#transport.json({ path: '/v1/ramps', query: page })
  }

  /** A ramp as it stands. */
  ramp(ramp: string): Promise<RampView> {
    return this.#transport.json({ path: rampPath(ramp) })
  }

  /** What a ramp ran among, as far as it was recorded. */
  circumstances(ramp: string): Promise<CircumstanceReply> {
    return this.#transport.json({ path: `${rampPath(ramp)}/circumstances` })
  }

  /** Entries of a ramp with a sequence after `after`. */
  entries(
    ramp: string,
    page: { readonly after?: number; readonly limit?: number } = {},
  ): Promise<EntryPage> {
    return this.#transport.json({ path: `${rampPath(ramp)}/entries`, query: page })
  }

  /**
   * Everything that happens to a ramp, first what has happened already. Ends after `ramp.ended`, and
   * quietly when aborted; throws daemon-lost when the daemon goes away before that.
   */
  async *stream(ramp: string, query: StreamQuery = {}): AsyncGenerator<StreamEvent> {
    const { after = 0, signal } = query
    const path = `${rampPath(ramp)}/stream`
    const pieces = this.#transport.text({ path, query: { after }, signal })
    for await (const { event, data } of serverSentEventsOf(pieces)) {
      const body = JSON.parse(data)
      if (event === 'entry') yield { type: 'entry', recorded: body }
      else if (event === 'answer' || event === 'missed') yield { type: event, ...body }
      else if (event === 'end') return
    }
    if (signal?.aborted !== true) throw this.#transport.lost(path)
  }

  /** Says a word to a ramp, and tells what became of it once it is recorded. */
  say(ramp: string, by: string, word: Word): Promise<SayReply> {
    const path = `${rampPath(ramp)}/words`
    return this.#transport.json({ method: 'POST', path, body: { by, word } })
  }

  /** What is running, by contract, with each contract's last ramp. */
  environments(): Promise<readonly EnvironmentView[]> {
    return this.#transport.json({ path: '/v1/environments' })
  }

  /** Lines that components wrote. Ends quietly when aborted. */
  logs(query: LogsQuery = {}): AsyncGenerator<LogLine> {
    const { signal, ...rest } = query
    return jsonLinesOf(this.#transport.text({ path: '/v1/logs', query: rest, signal }))
  }

  /** Proves that nothing in the ledger was altered, removed or reordered. */
  verifyLedger(): Promise<Verification> {
    return this.#transport.json({ path: '/v1/ledger/verify' })
  }

  /** The proof that an entry is in the signed record; to be checked by whoever asked for it. */
  ledgerProof(position: number): Promise<LedgerProof> {
    return this.#transport.json({ path: `/v1/ledger/proof/${position}` })
  }

  /** Entries of the whole ledger with a position after `after`. */
  ledgerEntries(
    page: { readonly after?: number; readonly limit?: number } = {},
  ): Promise<EntryPage> {
    return this.#transport.json({ path: '/v1/ledger/entries', query: page })
  }

  /** Every entry of the ledger, in order. */
  exportLedger(
    query: { readonly after?: number; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<Recorded> {
    const { signal, after } = query
    return jsonLinesOf(
      this.#transport.text({ path: '/v1/ledger/export', query: { after }, signal }),
    )
  }

  /** Every stream of the ledger, oldest first. */
  streams(): Promise<readonly StreamSummary[]> {
    return this.#transport.json({ path: '/v1/ledger/streams' })
  }

  /** Holds contracts from now on, or says what that would change. */
  applyContracts(request: ApplyRequest): Promise<ApplyReply> {
    return this.#transport.json({ method: 'POST', path: '/v1/apply', body: request })
  }

  /** Contracts that are held, by kind and name. `cursor` is `next` of the page before. */
  contracts(query: ContractsQuery = {}): Promise<ContractPage> {
    return this.#transport.json({ path: '/v1/contracts', query: { ...query } })
  }

  /** The latest revision of a held contract, or the one of a digest. */
  contract(kind: string, name: string, digest?: string): Promise<RevisionView> {
    const path = contractPath(kind, name)
    return this.#transport.json({
      path: digest === undefined ? path : `${path}/revisions/${digest}`,
    })
  }

  /** The revisions of a held contract, newest first. */
  revisions(kind: string, name: string, page: PageOf = {}): Promise<RevisionPage> {
    return this.#transport.json({
      path: `${contractPath(kind, name)}/revisions`,
      query: { ...page },
    })
  }

  /** What changes from one revision to another, the latest when it is not named. */
  compareRevisions(
    kind: string,
    name: string,
    digests: { readonly from: string; readonly to?: string },
  ): Promise<ComparisonView> {
    return this.#transport.json({ path: `${contractPath(kind, name)}/compare`, query: digests })
  }

  /** Who is told of what happens. */
  async webhooks(): Promise<readonly WebhookView[]> {
    return (await this.#transport.json<WebhookPage>({ path: '/v1/webhooks' })).webhooks
  }

  /** Lets somebody be told. The secret of the signatures is in this answer, and in no other. */
  addWebhook(request: WebhookRequest): Promise<WebhookReply> {
    return this.#transport.json({ method: 'POST', path: '/v1/webhooks', body: request })
  }

  async removeWebhook(id: string): Promise<void> {
    await this.#transport.json({ method: 'DELETE', path: `/v1/webhooks/${encodeURIComponent(id)}` })
  }

  /** What was sent, is still to be sent, and could not be; newest first. */
  deliveries(
    query: PageOf & { readonly status?: string; readonly webhook?: string } = {},
  ): Promise<DeliveryPage> {
    return this.#transport.json({ path: '/v1/deliveries', query: { ...query } })
  }

  /** Sends something again, from the beginning. */
  async redeliver(id: string): Promise<void> {
    const path = `/v1/deliveries/${encodeURIComponent(id)}/redeliver`
    await this.#transport.json({ method: 'POST', path, body: {} })
  }

  /** What is running or listening, asked of the kernel. */
  leftovers(): Promise<LeftoversView> {
    return this.#transport.json({ path: '/v1/leftovers' })
  }

  /** Drops its connections. Idempotent. */
  close(): Promise<void> {
    return this.#transport.close()
  }
}

function contractPath(kind: string, name: string): string {
  return `/v1/contracts/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`
}

function rampPath(ramp: string): string {
  return `/v1/ramps/${encodeURIComponent(ramp)}`
}
