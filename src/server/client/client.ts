/**
 * The typed client of the daemon's API: one method for each address. Faults of the daemon are thrown
 * here as if it were in this process. It starts nothing; see ensure-daemon.ts.
 */

import type { Word } from '../../core/entry/entry.ts'
import { isFault } from '../../core/fault/fault.ts'
import type { Digest } from '../../core/units/digest.ts'
import type {
  IdentityView,
  LoginBegun,
  LoginTaken,
  TokenReply,
  TokenRequest,
  TokenView,
} from '../wire/access.ts'
import type { AgentView } from '../wire/agents.ts'
import type {
  ApplyReply,
  ApplyRequest,
  ComparisonView,
  ContractPage,
  RevisionPage,
  RevisionView,
} from '../wire/contracts.ts'
import type {
  AnsweredProposal,
  AnswerProposal,
  ProposalDetail,
  ProposalPage,
} from '../wire/proposals.ts'
import type { DeliveryPage, WebhookReply, WebhookRequest, WebhookView } from '../wire/webhooks.ts'
import type {
  CircumstanceReply,
  DaemonView,
  EntryPage,
  EnvironmentPage,
  EnvironmentView,
  LedgerPage,
  LedgerProof,
  LeftoversView,
  LogLine,
  OpenRampRequest,
  RampPage,
  RampView,
  Recorded,
  SayReply,
  StreamEvent,
  StreamPage,
  StreamSummary,
  Verification,
} from '../wire.ts'
import { allPages } from './all-pages.ts'
import { type CallOptions, call, requestFor } from './call.ts'
import { jsonLinesOf, serverSentEventsOf } from './framing.ts'
import type { Operations } from './generated.ts'
import { PeopleClient } from './people-client.ts'
import { PortClient } from './port-client.ts'
import { ScanClient } from './scan-client.ts'
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

/** A contract that is held. */
export interface HeldName {
  readonly kind: string
  readonly name: string
}

/** Asks one daemon. A ramp is named by its id, a beginning of it, `latest`, or its contract's name. */
export class RampartClient {
  readonly ports: PortClient
  /** Everything about people who sign in. */
  readonly people: PeopleClient
  /** Everything about scans that were published. */
  readonly scans: ScanClient
  readonly #transport: Transport

  /** @param server the path of a daemon's socket, or where to find a server on the network */
  constructor(server: string | RemoteServer) {
    this.#transport = new Transport(server)
    this.ports = new PortClient(this.#transport)
    this.people = new PeopleClient(this.#transport)
    this.scans = new ScanClient(this.#transport)
  }

  /** Who is asking. */
  me(): Promise<IdentityView> {
    return this.#ask('getMe', {})
  }

  /** Whether the server is ready to serve, by its own standards, and what it lacks. */
  readiness(): Promise<Operations['getReadiness']['reply']> {
    return this.#transport.json({ ...requestFor('getReadiness', {}), answersAlsoWith: 503 })
  }

  /** Begins to log a command line in. */
  beginLogin(): Promise<LoginBegun> {
    return this.#ask('beginDeviceLogin', {})
  }

  /** The token of a login, once somebody has confirmed it. */
  takeLogin(deviceCode: string): Promise<LoginTaken> {
    return this.#ask('takeDeviceToken', { body: { deviceCode } })
  }

  /** Makes a token. Its secret is in this answer, and in no other. */
  createToken(request: TokenRequest): Promise<TokenReply> {
    return this.#ask('createToken', { body: request })
  }

  /** Every token, without its secret. */
  async tokens(): Promise<readonly TokenView[]> {
    const pages = await allPages((cursor) => this.#ask('listTokens', { query: { cursor } }))
    return pages.flatMap(({ tokens }) => tokens)
  }

  /** Ends a token at once. */
  async revokeToken(id: string): Promise<void> {
    await this.#ask('revokeToken', { path: { id } })
  }

  /** Every agent that works, or has worked, for the server. */
  async agents(): Promise<readonly AgentView[]> {
    const pages = await allPages((cursor) => this.#ask('listAgents', { query: { cursor } }))
    return pages.flatMap(({ agents }) => agents)
  }

  /** Lets a region have no agent any more. */
  async removeAgent(region: string): Promise<void> {
    await this.#ask('removeAgent', { path: { region } })
  }

  /** Who the daemon is, and what is under way. */
  daemon(): Promise<DaemonView> {
    return this.#ask('getDaemon', {})
  }

  /**
   * Asks the daemon to stop, ending nothing that runs; resolves once its process is gone.
   *
   * @throws precondition-failed when it has doors, and was to stop only without
   */
  async stopDaemon(query: Operations['stopDaemon']['query'] = {}): Promise<void> {
    const request = requestFor('stopDaemon', { query })
    try {
      // The answer lasts as long as the daemon does.
      for await (const _ of this.#transport.text(request));
    } catch (error) {
      if (!isFault(error, 'daemon-lost')) throw error
    }
  }

  /** Opens a ramp. @returns its id, once its opening is recorded */
  async openRamp(request: OpenRampRequest): Promise<string> {
    return (await this.#ask('openRamp', { body: request })).ramp
  }

  /** Ramps, newest first. `cursor` is `next` of the page before. */
  ramps(query: Operations['listRamps']['query'] = {}): Promise<RampPage> {
    return this.#ask('listRamps', { query })
  }

  /** A ramp as it stands. */
  ramp(ramp: string): Promise<RampView> {
    return this.#promised('getRamp', { path: { ramp } })
  }

  /** What a ramp ran among, as far as it was recorded. */
  circumstances(ramp: string): Promise<CircumstanceReply> {
    return this.#promised('getCircumstances', { path: { ramp } })
  }

  /** Entries of a ramp with a sequence after `after`. */
  entries(
    ramp: string,
    page: { readonly after?: number; readonly limit?: number } = {},
  ): Promise<EntryPage> {
    return this.#promised('listRampEntries', { path: { ramp }, query: page })
  }

  /**
   * Everything that happens to a ramp, first what has happened already. Ends after `ramp.ended`, and
   * quietly when aborted; throws daemon-lost when the daemon goes away before that.
   */
  async *stream(ramp: string, query: StreamQuery = {}): AsyncGenerator<StreamEvent> {
    const { after = 0, signal } = query
    const request = requestFor('streamRamp', { path: { ramp }, query: { after } })
    const pieces = this.#transport.text({ ...request, signal })
    for await (const { event, data } of serverSentEventsOf(pieces)) {
      const body = JSON.parse(data)
      if (event === 'entry') yield { type: 'entry', recorded: body }
      else if (event === 'answer' || event === 'missed') yield { type: event, ...body }
      else if (event === 'end') return
    }
    if (signal?.aborted !== true) throw this.#transport.lost(request.path)
  }

  /**
   * Says a word to a ramp, and tells what became of it once it is recorded.
   *
   * @param ifMatch the ETag of the ramp as it was seen, if it is said only of that
   */
  say(ramp: string, by: string, word: Word, ifMatch?: string): Promise<SayReply> {
    return this.#promised('sayWord', { path: { ramp }, body: { by, word }, ifMatch })
  }

  /** What is running, by contract, with each contract's last ramp. */
  async environments(): Promise<readonly EnvironmentView[]> {
    const query = { limit: 500 }
    const ask = (cursor: string | undefined): Promise<EnvironmentPage> =>
      this.#ask('listEnvironments', { query: { ...query, cursor } })
    return (await allPages(ask)).flatMap(({ environments }) => environments)
  }

  /** Lines that components wrote. Ends quietly when aborted. */
  logs(query: LogsQuery = {}): AsyncGenerator<LogLine> {
    const { signal, ...rest } = query
    const request = { ...requestFor('readLogs', {}), query: rest, signal }
    return jsonLinesOf(this.#transport.text(request))
  }

  /** Proves that nothing in the ledger was altered, removed or reordered. */
  verifyLedger(): Promise<Verification> {
    return this.#ask('verifyLedger', {})
  }

  /** The proof that an entry is in the signed record; to be checked by whoever asked for it. */
  ledgerProof(position: number): Promise<LedgerProof> {
    return this.#promised('proveEntry', { path: { position } })
  }

  /** Entries of the whole ledger with a position after `after`. */
  ledgerEntries(
    page: { readonly after?: number; readonly limit?: number } = {},
  ): Promise<LedgerPage> {
    return this.#promised('listLedgerEntries', { query: page })
  }

  /** Every entry of the ledger, in order. */
  exportLedger(
    query: { readonly after?: number; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<Recorded> {
    const { signal, after } = query
    const request = requestFor('exportLedger', { query: { after } })
    return jsonLinesOf(this.#transport.text({ ...request, signal }))
  }

  /** Every stream of the ledger, oldest first. */
  async streams(): Promise<readonly StreamSummary[]> {
    const query = { limit: 5_000 }
    const ask = (cursor: string | undefined): Promise<StreamPage> =>
      this.#promised('listStreams', { query: { ...query, cursor } })
    return (await allPages(ask)).flatMap(({ streams }) => streams)
  }

  /** Holds contracts from now on, or says what that would change. */
  applyContracts(request: ApplyRequest): Promise<ApplyReply> {
    return this.#ask('applyContracts', { body: request })
  }

  /** Contracts that are held, by kind and name. `cursor` is `next` of the page before. */
  contracts(query: ContractsQuery = {}): Promise<ContractPage> {
    return this.#ask('listContracts', { query })
  }

  /** The latest revision of a held contract, or the one of a digest. */
  contract(kind: string, name: string, digest?: string): Promise<RevisionView> {
    return digest === undefined
      ? this.#promised('getContract', { path: { kind, name } })
      : this.#promised('getRevision', { path: { kind, name, digest: digest as Digest } })
  }

  /** The revisions of a held contract, newest first. */
  revisions(kind: string, name: string, page: PageOf = {}): Promise<RevisionPage> {
    const { limit, cursor } = page
    const query = { limit, cursor: cursor === undefined ? undefined : Number(cursor) }
    return this.#ask('listRevisions', { path: { kind, name }, query })
  }

  /** What changes from one revision to another, the latest when it is not named. */
  compareRevisions(
    kind: string,
    name: string,
    digests: { readonly from: string; readonly to?: string | undefined },
  ): Promise<ComparisonView> {
    // Whatever is no digest is refused by the server, in its own words.
    const query = digests as Operations['compareRevisions']['query']
    return this.#ask('compareRevisions', { path: { kind, name }, query })
  }

  /** Amendments that wait for owners; of one contract: also those that have ended, newest first. */
  proposals(of?: HeldName, query: PageOf = {}): Promise<ProposalPage> {
    return of === undefined
      ? this.#ask('listProposals', { query })
      : this.#ask('listContractProposals', { path: of, query })
  }

  /** What an amendment that waits for owners would change. */
  proposal(of: HeldName, proposal: Digest): Promise<ProposalDetail> {
    return this.#ask('getProposal', { path: { ...of, proposal } })
  }

  /** Answers a proposal as an owner, or takes back one's own. A refusal is an answer, not a fault. */
  answerProposal(
    of: HeldName,
    proposal: Digest,
    answer: AnswerProposal,
    ifMatch?: string,
  ): Promise<AnsweredProposal> {
    return this.#ask('answerProposal', { path: { ...of, proposal }, body: answer, ifMatch })
  }

  /** Who is told of what happens. */
  async webhooks(): Promise<readonly WebhookView[]> {
    const pages = await allPages((cursor) => this.#ask('listWebhooks', { query: { cursor } }))
    return pages.flatMap(({ webhooks }) => webhooks)
  }

  /** Lets somebody be told. The secret of the signatures is in this answer, and in no other. */
  addWebhook(request: WebhookRequest): Promise<WebhookReply> {
    return this.#ask('addWebhook', { body: request })
  }

  async removeWebhook(id: string): Promise<void> {
    await this.#ask('removeWebhook', { path: { id } })
  }

  /** What was sent, is still to be sent, and could not be; newest first. */
  deliveries(query: Operations['listDeliveries']['query'] = {}): Promise<DeliveryPage> {
    return this.#ask('listDeliveries', { query })
  }

  /** Sends something again, from the beginning. */
  async redeliver(id: string): Promise<void> {
    await this.#ask('redeliver', { path: { id } })
  }

  /** What is running or listening, asked of the kernel. */
  leftovers(): Promise<LeftoversView> {
    return this.#ask('listLeftovers', {})
  }

  /** Drops its connections. Idempotent. */
  close(): Promise<void> {
    return this.#transport.close()
  }

  #ask<Id extends keyof Operations>(
    id: Id,
    options: CallOptions<Id>,
  ): Promise<Operations[Id]['reply']> {
    return call(this.#transport, id, options)
  }

  /** The same where the document promises less than the server of this very version gives. */
  #promised<Id extends keyof Operations, Reply extends object>(
    id: Id,
    options: CallOptions<Id>,
  ): Promise<Reply> {
    return call(this.#transport, id, options) as unknown as Promise<Reply>
  }
}
