/**
 * Made from docs/openapi.json by tools/generate.ts, and never edited: the shapes of the API, and its
 * operations with what they take and give.
 */

/** The shape `Agent` of the API. */
export type Agent = {
  readonly name: string
  readonly region: string
  /** For `If-Match`, with its quotes: the ETag of what is told here. */
  readonly etag?: string
  readonly status: 'connected' | 'lost'
  readonly version: string
  readonly certificate?: AgentCertificate
  /** Milliseconds since 1970, UTC. */
  readonly sinceMs: number
  /** Milliseconds since 1970, UTC. */
  readonly lastSeenAtMs: number
  readonly roundTripMs?: number
  /** Errands it was given and has not reported on. */
  readonly busyWith: number
}

/** The shape `AgentCertificate` of the API. */
export type AgentCertificate = {
  readonly subject: string
  /** SHA-256 of it, in hexadecimal. */
  readonly fingerprint: string
  /** Milliseconds since 1970, UTC. */
  readonly untilMs: number
}

/** The shape `AgentErrand` of the API. */
export type AgentErrand = {
  readonly do: string
  readonly errand?: string
}

/** The shape `AgentList` of the API. */
export type AgentList = {
  readonly agents: readonly Agent[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
}

/** The shape `AgentReports` of the API. */
export type AgentReports = {
  readonly session: string
  readonly reports: readonly (
    | {
        readonly errand: string
        readonly told: 'answer'
        readonly answer: {
          readonly verdict: 'passed' | 'failed' | 'inconclusive' | 'errored'
          readonly outlook: 'notYet' | 'terminal'
          readonly reason: string
          readonly sentence: string
          readonly evidence: JsonObject
        }
      }
    | {
        readonly errand: string
        readonly told: 'outcome'
        readonly outcome: {
          readonly verdict: 'done' | 'failed'
          readonly reason: string
          readonly sentence: string
          readonly outputs: JsonObject
          readonly retryable: boolean
        }
      }
    | {
        readonly errand: string
        readonly told: 'changed'
      }
    | {
        readonly errand: string
        readonly told: 'components'
        readonly components: readonly {
          readonly subject: string
          readonly instance: string
          readonly pid: number
          readonly status: 'running' | 'exited' | 'lost'
          readonly ports: {
            readonly [member: string]: number
          }
          readonly sinceMs: number
        }[]
      }
    | {
        readonly errand: string
        readonly told: 'lines'
        readonly lines: readonly {
          readonly subject: string
          readonly stream: 'out' | 'err' | 'note'
          readonly atMs: number
          readonly text: string
        }[]
      }
    | {
        readonly errand: string
        readonly told: 'ports'
        readonly list?: LeaseList
        readonly story?: PortStory
        readonly refusal?: string
      }
  )[]
}

/** The shape `AgentReportsReply` of the API. */
export type AgentReportsReply = {
  readonly heard: true
}

/** The shape `Answer` of the API. */
export type Answer = {
  readonly verdict: 'passed' | 'failed' | 'inconclusive' | 'errored'
  readonly outlook: 'notYet' | 'terminal'
  /** One kebab-case word for grouping. */
  readonly reason: string
  readonly sentence: string
  readonly evidence: JsonObject
}

/** The shape `AnswerProposal` of the API. */
export type AnswerProposal = {
  readonly say: 'approve' | 'reject'
  readonly why?: string
  /** Counts only over the Unix socket. */
  readonly by?: string
  /** Counts only over the Unix socket. */
  readonly as?: readonly string[]
}

/** The shape `AnsweredProposal` of the API. */
export type AnsweredProposal = {
  /** Why it had no effect; absent: it had one. */
  readonly refusal?: {
    readonly reason: string
    readonly sentence: string
  }
  readonly proposal: ProposalView
}

/** The shape `Application` of the API. */
export type Application = {
  readonly dryRun: boolean
  readonly contracts: readonly AppliedContract[]
  /** What is wrong; only of a dry run. */
  readonly issues?: readonly ContractIssue[]
}

/** The shape `AppliedContract` of the API. */
export type AppliedContract = {
  readonly kind: string
  readonly name: string
  readonly outcome: 'created' | 'amended' | 'proposed' | 'unchanged'
  readonly digest: Digest
  readonly replaces?: Digest
  readonly changes: readonly RevisionChange[]
  /** What it means for the way up, in sentences. */
  readonly consequences: readonly string[]
  /** Ramps under way; they keep the revision they have. */
  readonly touches: readonly string[]
  /** Held contracts that use it as a part. */
  readonly usedBy: readonly ContractUse[]
  /** Whose word it takes. */
  readonly owners?: readonly TouchedOwner[]
  /** What they answer. */
  readonly proposal?: Digest
}

/** The shape `ApplyContracts` of the API. */
export type ApplyContracts = {
  readonly documents?: readonly JsonObject[]
  /** Texts, so that issues have lines and columns. */
  readonly sources?: readonly {
    readonly path: string
    readonly text: string
  }[]
  /** What was seen before; refused with 412 when it is otherwise by now. */
  readonly expects?: readonly {
    readonly kind: string
    readonly name: string
    readonly digest: Digest | null
  }[]
  /** Counts only over the Unix socket. */
  readonly by?: string
  /** Owners in whose name it is applied; counts only over the Unix socket. */
  readonly as?: readonly string[]
  /** Only say what would happen. */
  readonly dryRun?: boolean
  readonly why?: string
}

/** The shape `ApprovalPage` of the API. */
export type ApprovalPage = {
  readonly approvals: readonly ApprovalView[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
}

/** The shape `ApprovalView` of the API. */
export type ApprovalView = {
  readonly ramp: string
  /** Of the ramp: for `If-Match` with a word to it. */
  readonly etag: string
  readonly contract: ContractReference
  readonly goal: string
  readonly stage: string
  readonly condition: string
  /** Of the ramp's plan: what is approved, and nothing else. */
  readonly digest: Digest
  readonly proposedBy: string
  /** Roles, groups or names, one of which must approve. */
  readonly from: readonly string[]
  /** How many must. */
  readonly count: number
  readonly words: readonly {
    readonly by: string
    readonly approves: boolean
    /** Milliseconds since 1970, UTC. */
    readonly atMs: number
  }[]
  /** Milliseconds since 1970, UTC. */
  readonly askedAtMs: number
  /** Milliseconds since 1970, UTC. */
  readonly expiresAtMs?: number
  /** Which of `from` whoever asks is; absent: none. */
  readonly as?: string
  /** Whether whoever asks may. */
  readonly mayApprove: boolean
  readonly whyNot?: string
}

/** The shape `AskedOwner` of the API. */
export type AskedOwner = {
  readonly owner: string
  /** For example `db`, `db/schema`, `settings.password`. */
  readonly places: readonly string[]
  /** Who has said yes for them. */
  readonly by?: string
}

/** The shape `AssignRequest` of the API. */
export type AssignRequest = {
  readonly process: ProcessIdentity
}

/** The shape `BrokenPromise` of the API. */
export type BrokenPromise = {
  readonly stage: string
  readonly condition: string
  /** Milliseconds since 1970, UTC. */
  readonly sinceMs?: number
  readonly sentence: string
  readonly reason: string
  readonly owner?: string
}

/** The shape `CarriedFront` of the API. */
export type CarriedFront = {
  readonly service: string
  readonly port: string
  readonly host: string
  readonly number: number
  readonly carrier:
    | {
        readonly plane: 'haproxy'
        readonly socket: string
        readonly backend: string
      }
    | {
        readonly plane: 'nginx'
        readonly config: string
        readonly pid: string
        readonly servers: string
      }
    | {
        readonly plane: 'envoy'
        readonly admin: string
        readonly cluster: string
        readonly endpoints: string
      }
  readonly ramp?: string
}

/** The shape `Cause` of the API. */
export type Cause = {
  /** One kebab-case word, for example `deadline`. */
  readonly reason: string
  readonly sentence: string
  readonly stage?: string
  readonly condition?: string
  readonly answer?: Answer
}

/** The shape `ClaimRequest` of the API. */
export type ClaimRequest = {
  readonly wishes: readonly {
    readonly owner: PortOwner
    readonly protocol?: 'tcp' | 'udp'
    readonly addresses?: readonly (string | string)[]
    readonly port?: number
    readonly ttlMs?: number
  }[]
}

/** The shape `Component` of the API. */
export type Component = {
  /** `<contract>/<component>` */
  readonly subject: string
  /** One start of it: `shop/api#3`. */
  readonly instance: string
  /** Which of several that serve side by side. */
  readonly copy?: number
  readonly pid: number
  readonly status: 'running' | 'exited' | 'lost'
  readonly ports: {
    readonly [member: string]: number
  }
  /** Of those of its ports that are not of TCP. */
  readonly protocols?: {
    readonly [member: string]: 'tcp' | 'udp'
  }
  readonly fronts?: {
    readonly [member: string]: number
  }
  /** Milliseconds since 1970, UTC. */
  readonly sinceMs: number
  /** Milliseconds since 1970, UTC. */
  readonly endedAtMs?: number
  readonly code?: number
  readonly signal?: string
}

/** The shape `ConditionState` of the API. */
export type ConditionState = {
  /** Milliseconds since 1970, UTC. */
  readonly askedSinceMs?: number
  readonly attempts: number
  readonly passes: number
  readonly failures: number
  /** Milliseconds since 1970, UTC. */
  readonly metAtMs?: number
  readonly lastAnswer?: Answer
  /** Milliseconds since 1970, UTC. */
  readonly lastAnsweredAtMs?: number
}

/** The shape `ContractIssue` of the API. */
export type ContractIssue = {
  readonly code: string
  readonly file: string
  readonly line?: number
  readonly column?: number
  readonly path: string
  readonly message: string
  readonly expected?: string
  readonly found?: string
  readonly nearest?: string
}

/** The shape `ContractPage` of the API. */
export type ContractPage = {
  readonly contracts: readonly ContractSummary[]
  /** The cursor of the next page; absent: none. */
  readonly next?: string
}

/** The shape `ContractReference` of the API. */
export type ContractReference = {
  readonly kind: string
  readonly name: string
  readonly digest: Digest
  /** For which of its targets, where it has any. */
  readonly target?: string
}

/** The shape `ContractSummary` of the API. */
export type ContractSummary = {
  readonly kind: string
  readonly name: string
  readonly digest: Digest
  /** 1 for the first revision, then one more each. */
  readonly number: number
  readonly by: string
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number
  readonly why?: string
  /** Whose word it took. */
  readonly approvals?: readonly OwnersWord[]
  readonly labels: {
    readonly [member: string]: string
  }
  /** Its latest ramp that is no watch. */
  readonly lastRamp?: string
}

/** The shape `ContractUse` of the API. */
export type ContractUse = {
  readonly kind: string
  readonly name: string
  readonly component: string
  readonly revision: Digest
  readonly owner?: string
}

/** The shape `CountedApproval` of the API. */
export type CountedApproval = {
  readonly stage: string
  readonly condition: string
  readonly by: string
  readonly approves: boolean
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number
}

/** The shape `Daemon` of the API. */
export type Daemon = {
  readonly pid: number
  readonly version: string
  /** Absolute path of the folder that holds `.rampart`. */
  readonly workspace: string
  /** Milliseconds since 1970, UTC. */
  readonly startedAtMs: number
  /** Milliseconds since 1970, UTC. */
  readonly nowMs: number
  /** The ramps under way in this process; `/v1/ramps` lists every one. */
  readonly ramps: readonly string[]
  /** How many components are running. */
  readonly components: number
  /** Whether others reach it over the network; absent: an older one. */
  readonly hasDoors?: boolean
}

/** The shape `Delivery` of the API. */
export type Delivery = {
  readonly id: string
  /** For `If-Match`, with its quotes: the ETag of what is told here. */
  readonly etag: string
  readonly webhook: string
  /** The id of the event, the same in every attempt. */
  readonly event: string
  readonly type:
    | 'dev.rampart.ramp.opened'
    | 'dev.rampart.ramp.held'
    | 'dev.rampart.ramp.ended'
    | 'dev.rampart.stage.breached'
    | 'dev.rampart.approval.wanted'
    | 'dev.rampart.contract.amended'
  readonly status: 'pending' | 'delivered' | 'dead'
  readonly attempts: number
  /** Why the last attempt failed. */
  readonly complaint?: string
  /** Milliseconds since 1970, UTC. */
  readonly createdAtMs: number
  /** Milliseconds since 1970, UTC. */
  readonly nextAtMs?: number
}

/** The shape `DeliveryPage` of the API. */
export type DeliveryPage = {
  /** Newest first. */
  readonly deliveries: readonly Delivery[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
}

/** The shape `Digest` of the API. */
export type Digest = `sha256:${string}`

/** One word of the ledger. src/core/entry/entry.ts names the types and their members. */
export type Entry = {
  /** For example `stage.ready`; further members depend on it. */
  readonly type: string
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number
}

/** The shape `EntryPage` of the API. */
export type EntryPage = {
  readonly entries: readonly Recorded[]
  /** Whether there were more to give when this was read. */
  readonly more: boolean
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
}

/** The shape `Environment` of the API. */
export type Environment = {
  readonly kind: string
  readonly contract: string
  readonly lastRamp?: RampSummary
  readonly watch?: Watch
  /** It is up and is to be watched, but nothing watches it; ramped up again, it is. */
  readonly unwatched?: Unwatched
  readonly components: readonly Component[]
}

/** The shape `EnvironmentPage` of the API. */
export type EnvironmentPage = {
  readonly environments: readonly Environment[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
}

/** The shape `FindingPlace` of the API. */
export type FindingPlace = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly service: string
  readonly text: string
}

/** The shape `FrontTls` of the API. */
export type FrontTls = {
  readonly certificate: string
  /** The path of its file; the key itself is never told. */
  readonly key: string
  /** Absent: clients are asked for no certificate. */
  readonly clientCa?: string
}

/** The shape `HeldReference` of the API. */
export type HeldReference = {
  readonly kind: string
  readonly name: string
  /** Which revision; the latest when not given. */
  readonly digest?: Digest
}

/** Any JSON value. */
export type Json = unknown

/** The shape `JsonObject` of the API. */
export type JsonObject = {
  readonly [member: string]: Json
}

/** The shape `LeaseList` of the API. */
export type LeaseList = {
  readonly index: number
  readonly leases: readonly PortLease[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
  readonly ranges?: readonly PortRange[]
  /** Fronts that a proxy carries; absent: an older agent answered. */
  readonly carried?: readonly CarriedFront[]
}

/** The shape `LeasedContainer` of the API. */
export type LeasedContainer = {
  readonly name: string
  /** Where its program listens, in its own network. */
  readonly port?: number
}

/** The shape `LedgerPage` of the API. */
export type LedgerPage = {
  readonly entries: readonly Recorded[]
  /** Whether there were more to give when this was read. */
  readonly more: boolean
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
  /** The position of the last entry of all; 0: there is none. */
  readonly end: number
}

/** The shape `LedgerProof` of the API. */
export type LedgerProof = {
  readonly position: number
  /** The hash of the entry before it. */
  readonly previousHash: string
  /** From the entry itself to the one the checkpoint names. */
  readonly entries: readonly Recorded[]
  readonly checkpoint: {
    readonly number: number
    readonly position: number
    readonly hash: string
    /** Milliseconds since 1970, UTC. */
    readonly atMs: number
    /** The raw Ed25519 public key, base64. */
    readonly publicKey: string
    /** Over the lines `rampart checkpoint`, number, position, hash, atMs and publicKey; base64. */
    readonly signature: string
  }
}

/** The shape `Leftovers` of the API. */
export type Leftovers = {
  readonly processes: readonly {
    readonly pid: number
    readonly command: string
    readonly subject: string
    /** The start that it is of: `shop/api#3`. */
    readonly instance: string
  }[]
  readonly ports: readonly {
    readonly port: number
    readonly pid: number
  }[]
}

/** The shape `Liveness` of the API. */
export type Liveness = {
  readonly live: true
}

/** The shape `LogLine` of the API. */
export type LogLine = {
  readonly subject: string
  /** Which of several that serve side by side wrote it. */
  readonly copy?: number
  readonly stream: 'out' | 'err' | 'note'
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number
  readonly text: string
}

/** The shape `MadeWebhook` of the API. */
export type MadeWebhook = {
  readonly webhook: Webhook
  /** What its messages are signed with; shown only now. Those for Slack are not. */
  readonly secret?: string
}

/** The shape `OpenRampRequest` of the API. */
export type OpenRampRequest = {
  /** The document as written, or a contract that the server holds, by name. */
  readonly contract: HeldReference | Json
  /** Absolute folder in which the contract's relative paths begin. */
  readonly directory?: string
  readonly goal: 'up' | 'down'
  readonly target?: string
  readonly settings: {
    readonly [member: string]: string
  }
  /** Counts only over the Unix socket. */
  readonly by: string
}

/** The shape `OpenedRamp` of the API. */
export type OpenedRamp = {
  readonly ramp: string
}

/** The shape `OwnersWord` of the API. */
export type OwnersWord = {
  readonly by: string
  readonly as: readonly string[]
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number
}

/** The shape `Plan` of the API. */
export type Plan = {
  readonly contract: ContractReference
  /** `up`, `down`, `watch`, `forward` or `back`. */
  readonly goal: string
  readonly groups: readonly {
    readonly name: string
  }[]
  readonly stages: readonly PlannedStage[]
  readonly endless?: boolean
}

/** The shape `PlanContract` of the API. */
export type PlanContract = {
  readonly goal: string
  readonly target?: string
  /** Which revision; the latest when not given. */
  readonly digest?: Digest
}

/** The shape `PlannedCondition` of the API. */
export type PlannedCondition = {
  readonly name: string
  readonly owner?: string
  readonly question: {
    readonly ask: 'probe' | 'approval' | 'elapsed' | 'instant' | 'ramp'
  }
}

/** The shape `PlannedContract` of the API. */
export type PlannedContract = {
  /** Of the plan. */
  readonly digest: Digest
  readonly plan: Plan
}

/** The shape `PlannedStage` of the API. */
export type PlannedStage = {
  readonly name: string
  readonly group?: string
  readonly owner?: string
  readonly needs: readonly {
    readonly stage: string
    readonly until: 'started' | 'provisional' | 'ready' | 'completed'
  }[]
  readonly gates: readonly PlannedCondition[]
  readonly conditions: readonly PlannedCondition[]
  readonly guards: readonly PlannedCondition[]
  readonly deadlineMs: number
  readonly optional: boolean
  readonly pivot: boolean
}

/** The shape `PortClaim` of the API. */
export type PortClaim = {
  readonly protocol: 'tcp' | 'udp'
  readonly addresses: readonly string[]
  readonly port: number
}

/** The shape `PortGrant` of the API. */
export type PortGrant =
  | {
      readonly verdict: 'granted'
      readonly leases: readonly PortLease[]
    }
  | {
      readonly verdict: 'refused'
      readonly reason: string
      readonly sentence: string
      readonly retryable: boolean
    }

/** The shape `PortLease` of the API. */
export type PortLease = {
  readonly id: string
  readonly claim: PortClaim
  readonly owner: PortOwner
  readonly state:
    | 'reserved'
    | 'held'
    | 'assigned'
    | 'ready'
    | 'active'
    | 'draining'
    | 'cooling'
    | 'stolen'
    | 'orphaned'
    | 'quarantined'
  /** For records: it grows with every lease granted here. Nobody checks it. */
  readonly token: number
  readonly rule: {
    readonly range: string
    readonly contract?: string
    readonly digest?: string
  }
  readonly giving: 'descriptor' | 'number'
  readonly front?: 'http' | 'tcp'
  readonly tls?: FrontTls
  /** Why its front lets nobody in, though its process is there; absent: it does. */
  readonly shut?: string
  readonly ramp?: string
  readonly process?: ProcessIdentity
  readonly container?: LeasedContainer
  readonly servedAt?: readonly string[]
  readonly thief?: {
    readonly pid?: number
    readonly command?: string
    readonly address: string
  }
  /** Milliseconds since 1970, UTC. */
  readonly grantedAtMs: number
  /** Milliseconds since 1970, UTC. */
  readonly changedAtMs: number
  readonly because: string
  /** Milliseconds since 1970, UTC. */
  readonly expiresAtMs?: number
  /** Milliseconds since 1970, UTC. */
  readonly coolUntilMs?: number
  readonly parting?: PortParting
}

/** The shape `PortOwner` of the API. */
export type PortOwner = {
  /** For example `shop/api`. */
  readonly service: string
  /** Which of its ports: `http`. */
  readonly port: string
  readonly instance?: string
  readonly environment?: string
  readonly tenant?: string
  /** A worktree, a CI job. */
  readonly scope?: string
}

/** The shape `PortParting` of the API. */
export type PortParting = {
  readonly event: 'scale-up' | 'scale-down' | 'roll' | 'migrate' | 'failover'
  /** Whose words `drainMs` and `lingerMs` are. */
  readonly by: 'component' | 'contract' | 'default'
  /** The Ports contract that has a part in it. */
  readonly contract?: string
  readonly drainMs: number
  readonly lingerMs: number
  readonly coolingMs?: number
}

/** The shape `PortRange` of the API. */
export type PortRange = {
  /** Absent: it is the built-in range. */
  readonly contract?: string
  readonly digest?: string
  readonly range: string
  readonly first: number
  readonly last: number
  readonly protocol: 'tcp' | 'udp'
  /** `earlier`: an amended revision, of which somebody may still have a port. */
  readonly standing: 'in-force' | 'earlier'
  readonly rules: {
    readonly addresses: readonly string[]
    /** Whose claims it takes; `*` at the end of a word matches any rest. */
    readonly for: {
      readonly environment?: string
      readonly service?: string
      readonly tenant?: string
      readonly scope?: string
    }
    /** By `service/port`. */
    readonly fixed: {
      readonly [member: string]: number
    }
    readonly claim?: readonly string[]
    readonly perTenant?: number
    readonly perService?: number
    readonly coolingMs: number
  }
  /** How its ports change hands, by what happens. */
  readonly transitions?: readonly PortTransition[]
}

/** The shape `PortStory` of the API. */
export type PortStory = {
  readonly port: number
  readonly leases: readonly PortLease[]
  readonly past: readonly {
    readonly lease: PortLease
    /** Milliseconds since 1970, UTC. */
    readonly freedAtMs: number
    readonly because: string
  }[]
  readonly sightings: readonly {
    readonly claim: PortClaim
    readonly process?: ProcessIdentity
    readonly command?: string
  }[]
  readonly sentences: readonly string[]
}

/** The shape `PortTransition` of the API. */
export type PortTransition = {
  readonly event: 'scale-up' | 'scale-down' | 'roll' | 'migrate' | 'failover'
  readonly drainMs: number
  readonly lingerMs: number
  readonly coolingMs?: number
  readonly deadlineMs: number
  /** The words of it that are written. */
  readonly says?: readonly string[]
}

/** The shape `Problem` of the API. */
export type Problem = {
  /** `urn:rampart:fault:` and the code. */
  readonly type: string
  /** What the code means. */
  readonly title: string
  readonly status: number
  /** What was found, and what to do. */
  readonly detail: string
  /** One of the codes of docs/errors.md. */
  readonly code: string
  readonly operation: string
  readonly subject: string
  /** Whether the same request may succeed when repeated unchanged. */
  readonly retryable: boolean
}

/** The shape `ProcessIdentity` of the API. */
export type ProcessIdentity = {
  readonly pid: number
  readonly started: string
  readonly bootId: string
}

/** The shape `ProposalDetail` of the API. */
export type ProposalDetail = {
  readonly kind: string
  readonly name: string
  /** Of the proposal: what is answered, and nothing else. */
  readonly proposal: Digest
  /** For `If-Match`, with its quotes: the ETag of what is told here. */
  readonly etag: string
  /** Of the revision that is wanted. */
  readonly digest: Digest
  /** The revision that it was made upon. */
  readonly replaces: Digest
  readonly by: string
  readonly why?: string
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number
  /** Milliseconds since 1970, UTC. */
  readonly expiresAtMs: number
  /** Each of them must say yes. */
  readonly owners: readonly AskedOwner[]
  /** Those that count so far. */
  readonly words: readonly OwnersWord[]
  readonly status:
    | 'open'
    | 'amended'
    | 'rejected'
    | 'withdrawn'
    | 'superseded'
    | 'contract-changed'
    | 'expired'
  /** How it ended. */
  readonly sentence?: string
  /** Whether whoever asks may. */
  readonly mayApprove: boolean
  readonly whyNot?: string
  readonly changes: readonly RevisionChange[]
  /** What it means for the way up, in sentences. */
  readonly consequences: readonly string[]
}

/** The shape `ProposalPage` of the API. */
export type ProposalPage = {
  readonly proposals: readonly ProposalView[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
}

/** The shape `ProposalView` of the API. */
export type ProposalView = {
  readonly kind: string
  readonly name: string
  /** Of the proposal: what is answered, and nothing else. */
  readonly proposal: Digest
  /** For `If-Match`, with its quotes: the ETag of what is told here. */
  readonly etag: string
  /** Of the revision that is wanted. */
  readonly digest: Digest
  /** The revision that it was made upon. */
  readonly replaces: Digest
  readonly by: string
  readonly why?: string
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number
  /** Milliseconds since 1970, UTC. */
  readonly expiresAtMs: number
  /** Each of them must say yes. */
  readonly owners: readonly AskedOwner[]
  /** Those that count so far. */
  readonly words: readonly OwnersWord[]
  readonly status:
    | 'open'
    | 'amended'
    | 'rejected'
    | 'withdrawn'
    | 'superseded'
    | 'contract-changed'
    | 'expired'
  /** How it ended. */
  readonly sentence?: string
  /** Whether whoever asks may. */
  readonly mayApprove: boolean
  readonly whyNot?: string
}

/** The shape `PublishedClaim` of the API. */
export type PublishedClaim = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly service: string
  readonly text: string
  readonly first: number
  readonly last: number
  readonly protocol: 'tcp' | 'udp'
  /** `host`, `node`, `cluster`, or `network …`. */
  readonly scope: string
  readonly addresses: readonly (string | string)[]
  readonly instances?: number
  readonly environment?: string
  readonly except?: readonly string[]
  readonly confidence: 'explicit' | 'interpolated' | 'default' | 'heuristic'
}

/** The shape `PublishedFinding` of the API. */
export type PublishedFinding = {
  /** For example `conflict`. */
  readonly rule: string
  readonly severity: 'error' | 'warning' | 'note'
  readonly first: number
  readonly last: number
  readonly protocol: 'tcp' | 'udp'
  readonly scope: string
  readonly sentence: string
  readonly remedy: string
  readonly fingerprint: string
  readonly places: readonly FindingPlace[]
  readonly morePlaces: number
}

/** The shape `RampCircumstances` of the API. */
export type RampCircumstances = {
  /** Absent: nobody recorded it. */
  readonly circumstances?: {
    readonly settings: {
      readonly [member: string]: string
    }
    readonly releases: {
      readonly [member: string]: {
        readonly [member: string]: string
      }
    }
    readonly samples: readonly {
      /** Milliseconds since 1970, UTC. */
      readonly atMs: number
      readonly spanMs: number
    }[]
  }
}

/** The shape `RampPage` of the API. */
export type RampPage = {
  /** Newest first. */
  readonly ramps: readonly RampSummary[]
  /** The cursor of the next page; absent: the last one. */
  readonly next?: string
}

/** The shape `RampState` of the API. */
export type RampState = {
  readonly ramp: string
  readonly plan: Plan
  readonly planDigest: Digest
  /** Who proposed it. */
  readonly by: string
  /** Milliseconds since 1970, UTC. */
  readonly openedAtMs: number
  /** The sequence of the last entry folded in. */
  readonly sequence: number
  /** Milliseconds since 1970, UTC. */
  readonly latestMs: number
  readonly direction: 'forward' | 'undoing'
  readonly held?: Cause
  readonly undoCause?: Cause
  readonly ended?: {
    readonly outcome: 'reached' | 'undone' | 'abandoned'
    readonly cause?: Cause
    /** Milliseconds since 1970, UTC. */
    readonly atMs: number
  }
  /** In the plan's order. */
  readonly stages: readonly StageState[]
  readonly approvals: readonly CountedApproval[]
}

/** The shape `RampSummary` of the API. */
export type RampSummary = {
  readonly ramp: string
  readonly contract: ContractReference
  readonly goal: string
  readonly phase: 'moving' | 'watching' | 'held' | 'undoing' | 'ended'
  readonly outcome?: 'reached' | 'undone' | 'abandoned'
  readonly by: string
  /** Milliseconds since 1970, UTC. */
  readonly openedAtMs: number
  /** When its last entry was written. */
  readonly latestMs: number
  /** Milliseconds since 1970, UTC. */
  readonly endedAtMs?: number
  /** Why it holds, is being undone, or ended so. */
  readonly cause?: string
  /** Who owns what caused it. */
  readonly owner?: string
}

/** The shape `RampView` of the API. */
export type RampView = {
  readonly state: RampState
  /** Milliseconds since 1970, UTC. */
  readonly nowMs: number
}

/** The shape `Readiness` of the API. */
export type Readiness = {
  readonly ready: boolean
  readonly checks: readonly {
    readonly name: 'ledger' | 'store' | 'clock' | 'migrations'
    readonly passed: boolean
    readonly sentence: string
  }[]
}

/** The shape `Recorded` of the API. */
export type Recorded = {
  /** Place in the whole ledger, from 1, without gaps. */
  readonly position: number
  /** A ramp's id, `contract:<kind>/<name>` or `access`. */
  readonly stream: string
  /** Place in its stream, from 1, without gaps. */
  readonly sequence: number
  readonly entry: Entry
  /** SHA-256 over the previous entry's hash, this entry and its place. */
  readonly hash: string
}

/** The shape `Region` of the API. */
export type Region = {
  readonly region: string
  readonly agents: readonly Agent[]
  /** Ramps under way that have stages there. */
  readonly ramps: readonly string[]
}

/** The shape `RegionList` of the API. */
export type RegionList = {
  readonly regions: readonly Region[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
}

/** The shape `Replica` of the API. */
export type Replica = {
  readonly name: string
  readonly version: string
  /** Milliseconds since 1970, UTC. */
  readonly startedAtMs: number
  /** Milliseconds since 1970, UTC. */
  readonly lastSeenAtMs: number
  /** How many subjects it owns. */
  readonly leases: number
}

/** The shape `ReplicaList` of the API. */
export type ReplicaList = {
  readonly replicas: readonly Replica[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
}

/** The shape `Revision` of the API. */
export type Revision = {
  readonly kind: string
  readonly name: string
  readonly digest: Digest
  /** 1 for the first revision, then one more each. */
  readonly number: number
  readonly by: string
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number
  readonly why?: string
  /** Whose word it took. */
  readonly approvals?: readonly OwnersWord[]
  /** As written, with the parts it uses read into it. */
  readonly document: JsonObject
}

/** The shape `RevisionChange` of the API. */
export type RevisionChange = {
  /** For example `spec.components.api.ready[0].http.url`. */
  readonly path: string
  readonly change: 'added' | 'removed' | 'changed'
  /** As JSON; absent where it was not there. */
  readonly before?: string
  readonly after?: string
}

/** The shape `RevisionComparison` of the API. */
export type RevisionComparison = {
  readonly from: RevisionSummary
  readonly to: RevisionSummary
  readonly changes: readonly RevisionChange[]
  /** What it means for the way up, in sentences. */
  readonly consequences: readonly string[]
}

/** The shape `RevisionPage` of the API. */
export type RevisionPage = {
  /** Newest first. */
  readonly revisions: readonly RevisionSummary[]
  /** The cursor of the next page; absent: none. */
  readonly next?: string
}

/** The shape `RevisionSummary` of the API. */
export type RevisionSummary = {
  readonly kind: string
  readonly name: string
  readonly digest: Digest
  /** 1 for the first revision, then one more each. */
  readonly number: number
  readonly by: string
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number
  readonly why?: string
  /** Whose word it took. */
  readonly approvals?: readonly OwnersWord[]
}

/** The shape `SaidWord` of the API. */
export type SaidWord = {
  /** Where in its stream the word stands. */
  readonly sequence: number
  /** Why it had no effect; absent: it had one. */
  readonly refusal?: {
    readonly reason: string
    readonly sentence: string
  }
  readonly decided: readonly Entry[]
}

/** The shape `SayRequest` of the API. */
export type SayRequest = {
  /** Counts only over the Unix socket. */
  readonly by: string
  readonly word: Word
}

/** The shape `ScanConflict` of the API. */
export type ScanConflict = {
  readonly first: number
  readonly last: number
  readonly protocol: 'tcp' | 'udp'
  readonly severity: 'error' | 'warning' | 'note'
  /** Where all are started; absent: none says. */
  readonly environment?: string
  readonly claims: readonly {
    readonly file: string
    readonly line: number
    readonly column: number
    readonly service: string
    readonly text: string
    readonly first: number
    readonly last: number
    readonly protocol: 'tcp' | 'udp'
    /** `host`, `node`, `cluster`, or `network …`. */
    readonly scope: string
    readonly addresses: readonly (string | string)[]
    readonly instances?: number
    readonly environment?: string
    readonly except?: readonly string[]
    readonly confidence: 'explicit' | 'interpolated' | 'default' | 'heuristic'
    readonly scan: string
  }[]
  readonly sentence: string
}

/** The shape `ScanConflictPage` of the API. */
export type ScanConflictPage = {
  /** The worst first. */
  readonly conflicts: readonly ScanConflict[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
}

/** The shape `ScanPage` of the API. */
export type ScanPage = {
  /** By name. */
  readonly scans: readonly ScanSummary[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
}

/** The shape `ScanRequest` of the API. */
export type ScanRequest = {
  /** What was scanned, such as a commit. */
  readonly revision?: string
  readonly findings: readonly PublishedFinding[]
  /** How many are left out. */
  readonly moreFindings: number
  readonly claims: readonly PublishedClaim[]
  /** How many are left out. */
  readonly moreClaims: number
  readonly filesRead: number
}

/** The shape `ScanSummary` of the API. */
export type ScanSummary = {
  readonly name: string
  /** For `If-Match`, with its quotes: the ETag of what is told here. */
  readonly etag: string
  /** Who published it. */
  readonly by: string
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number
  readonly revision?: string
  readonly errors: number
  readonly warnings: number
  readonly notes: number
  readonly claims: number
}

/** The shape `ScanView` of the API. */
export type ScanView = {
  readonly summary: ScanSummary
  readonly scan: ScanRequest
}

/** The shape `ServiceList` of the API. */
export type ServiceList = {
  /** Of this answer, for the next question; it is never 0. */
  readonly index: number
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
  readonly endpoints: readonly {
    readonly service: string
    /** The service that this is a further name of, by a Ports contract. */
    readonly aliasOf?: string
    readonly port: string
    readonly instance?: string
    readonly environment?: string
    readonly tenant?: string
    readonly scope?: string
    readonly protocol: 'tcp' | 'udp'
    /** A literal address by which it is reached. */
    readonly address: string
    readonly number: number
    /** Whoever connects there has to speak TLS. */
    readonly tls?: true
    /** `127.0.0.1:20001`. */
    readonly target: string
  }[]
}

/** The shape `StageState` of the API. */
export type StageState = {
  readonly name: string
  readonly phase:
    | 'waiting'
    | 'gated'
    | 'entered'
    | 'started'
    | 'provisional'
    | 'ready'
    | 'completed'
    | 'failed'
    | 'undoing'
    | 'undone'
    | 'left'
  readonly incarnation: number
  /** Gates, then exit conditions, then guards, as the plan has them. */
  readonly conditions: readonly ConditionState[]
  readonly inEffect: boolean
  readonly outputs: JsonObject
  readonly retries: number
  readonly cause?: Cause
  /** Milliseconds since 1970, UTC. */
  readonly enteredAtMs?: number
  /** Milliseconds since 1970, UTC. */
  readonly startedAtMs?: number
  /** Milliseconds since 1970, UTC. */
  readonly readyAtMs?: number
  /** Milliseconds since 1970, UTC. */
  readonly failedAtMs?: number
  /** Milliseconds since 1970, UTC. */
  readonly undoneAtMs?: number
}

/** The shape `StreamPage` of the API. */
export type StreamPage = {
  readonly streams: readonly StreamSummary[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
}

/** The shape `StreamSummary` of the API. */
export type StreamSummary = {
  readonly stream: string
  readonly sequence: number
  /** Milliseconds since 1970, UTC. */
  readonly openedAtMs: number
  /** Milliseconds since 1970, UTC. */
  readonly lastAtMs: number
  readonly lastType: string
}

/** The shape `TouchedOwner` of the API. */
export type TouchedOwner = {
  readonly owner: string
  /** For example `db`, `db/schema`, `settings.password`. */
  readonly places: readonly string[]
}

/** The shape `Unwatched` of the API. */
export type Unwatched = {
  /** The ramp that watched it last. */
  readonly ramp: string
  /** Milliseconds since 1970, UTC. */
  readonly sinceMs: number
  readonly cause?: string
}

/** The shape `Verification` of the API. */
export type Verification =
  | {
      readonly verdict: 'intact'
      readonly entries: number
      readonly checkpoints: number
      readonly head: string
    }
  | {
      readonly verdict: 'broken'
      /** The first bad position. */
      readonly position: number
      readonly problem:
        | 'altered'
        | 'removed'
        | 'reordered'
        | 'checkpoint-mismatch'
        | 'signature-invalid'
      readonly sentence: string
    }

/** The shape `Watch` of the API. */
export type Watch = {
  readonly ramp: string
  readonly phase: 'moving' | 'watching' | 'held' | 'undoing' | 'ended'
  /** Milliseconds since 1970, UTC. */
  readonly sinceMs: number
  readonly broken: readonly BrokenPromise[]
}

/** The shape `Webhook` of the API. */
export type Webhook = {
  readonly id: string
  /** For `If-Match`, with its quotes: the ETag of what is told here. */
  readonly etag: string
  /** Cut short, since it is often a secret itself. */
  readonly url: string
  readonly format: 'cloudevents' | 'slack'
  readonly types: readonly (
    | 'dev.rampart.ramp.opened'
    | 'dev.rampart.ramp.held'
    | 'dev.rampart.ramp.ended'
    | 'dev.rampart.stage.breached'
    | 'dev.rampart.approval.wanted'
    | 'dev.rampart.contract.amended'
  )[]
  readonly contracts?: readonly string[]
  readonly createdBy: string
  /** Milliseconds since 1970, UTC. */
  readonly createdAtMs: number
}

/** The shape `WebhookPage` of the API. */
export type WebhookPage = {
  readonly webhooks: readonly Webhook[]
  /** The cursor of the next page; absent: there is none. */
  readonly next?: string
}

/** The shape `WebhookRequest` of the API. */
export type WebhookRequest = {
  readonly url: string
  readonly format?: 'cloudevents' | 'slack'
  readonly types?: readonly (
    | 'dev.rampart.ramp.opened'
    | 'dev.rampart.ramp.held'
    | 'dev.rampart.ramp.ended'
    | 'dev.rampart.stage.breached'
    | 'dev.rampart.approval.wanted'
    | 'dev.rampart.contract.amended'
  )[]
  readonly contracts?: readonly string[]
}

/** The shape `Word` of the API. */
export type Word =
  | {
      readonly say: 'approve'
      readonly stage: string
      readonly condition: string
      readonly digest: Digest
      /** Counts only over the Unix socket. */
      readonly as: string
    }
  | {
      readonly say: 'reject'
      readonly stage: string
      readonly condition: string
      readonly digest: Digest
      /** Counts only over the Unix socket. */
      readonly as: string
    }
  | {
      readonly say: 'hold'
      readonly why: string
    }
  | {
      readonly say: 'resume'
      readonly why: string
      /** Of those that failed, only that one is tried again. */
      readonly stage?: string
    }
  | {
      readonly say: 'abort'
      /** Whether to take back what was done, or leave it as it stands. */
      readonly undo: boolean
      readonly why: string
    }

/** Every operation: what its path, its query and its body are, and what it gives. */
export interface Operations {
  /** Let somebody be told; the secret of the signatures is shown only now */
  readonly addWebhook: {
    readonly path: object
    readonly query: object
    readonly body: WebhookRequest
    readonly reply: MadeWebhook
  }
  /** Approve or reject an amendment as an owner, or withdraw what one proposed */
  readonly answerProposal: {
    readonly path: { readonly kind: string; readonly name: string; readonly proposal: Digest }
    readonly query: object
    readonly body: AnswerProposal
    readonly ifMatch: true
    readonly reply: AnsweredProposal
  }
  /** Hold contracts from now on, or say what that would change */
  readonly applyContracts: {
    readonly path: object
    readonly query: object
    readonly body: ApplyContracts
    readonly ifMatch: true
    readonly reply: Application
  }
  /** Say which process is to listen on a leased port now */
  readonly assignPort: {
    readonly path: { readonly lease: string }
    readonly query: object
    readonly body: AssignRequest
    readonly ifMatch: true
    readonly reply: PortLease
  }
  /** Begin to log a command line in; somebody confirms the code in a browser */
  readonly beginDeviceLogin: {
    readonly path: object
    readonly query: object
    readonly body: undefined
    readonly reply: {
      readonly deviceCode: string
      readonly userCode: string
      readonly url: string
      readonly expiresAtMs: number
      readonly pollMs: number
    }
  }
  /** Sign a browser in by a token, which it then need not keep, or by a code made by one */
  readonly beginSession: {
    readonly path: object
    readonly query: object
    readonly body:
      | {
          readonly token: string
        }
      | {
          /** Of `POST /v1/auth/codes`. */
          readonly code: string
        }
    readonly reply: {
      readonly name: string
      readonly kind: 'person' | 'machine' | 'agent' | 'local'
      readonly grants: readonly {
        readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
        readonly scope: {
          readonly contracts?: readonly string[]
          readonly labels?: {
            readonly [member: string]: string
          }
          readonly regions?: readonly string[]
        }
      }[]
      readonly csrfToken?: string
    }
  }
  /** Send a browser to the provider of identities, and back to `returnTo` */
  readonly beginSignIn: {
    readonly path: object
    readonly query: { readonly returnTo?: string | undefined }
    readonly body: undefined
    readonly reply: undefined
  }
  /** Claim ports: leases for all wishes, held from now on, or for none */
  readonly claimPorts: {
    readonly path: object
    readonly query: object
    readonly body: ClaimRequest
    readonly reply: PortGrant
  }
  /** Say what changes from one revision to another, and what that means */
  readonly compareRevisions: {
    readonly path: { readonly kind: string; readonly name: string }
    readonly query: { readonly from: Digest; readonly to?: Digest | undefined }
    readonly body: undefined
    readonly reply: RevisionComparison
  }
  /** Make a code that signs one browser in, once and within a minute, as whoever asks */
  readonly createSignInCode: {
    readonly path: object
    readonly query: object
    readonly body: undefined
    readonly reply: {
      readonly code: string
      readonly expiresAtMs: number
    }
  }
  /** Make a token for a machine; its secret is shown this once */
  readonly createToken: {
    readonly path: object
    readonly query: object
    readonly body: {
      readonly name: string
      readonly grants: readonly {
        readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
        readonly scope: {
          readonly contracts?: readonly string[]
          readonly labels?: {
            readonly [member: string]: string
          }
          readonly regions?: readonly string[]
        }
      }[]
      readonly lifetimeMs: number
    }
    readonly reply: {
      readonly token: {
        readonly id: string
        /** For `If-Match`, with its quotes: the ETag of what is told here. */
        readonly etag: string
        readonly name: string
        readonly grants: readonly {
          readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
          readonly scope: {
            readonly contracts?: readonly string[]
            readonly labels?: {
              readonly [member: string]: string
            }
            readonly regions?: readonly string[]
          }
        }[]
        readonly createdBy: string
        readonly createdAtMs: number
        readonly expiresAtMs: number
        readonly lastUsedAtMs?: number
        readonly revokedAtMs?: number
      }
      readonly secret: string
    }
  }
  /** Take a browser back from the provider of identities */
  readonly endSignIn: {
    readonly path: object
    readonly query: object
    readonly body: undefined
    readonly reply: undefined
  }
  /** Tell who has a port, since when, by which rule, and who had it before */
  readonly explainPort: {
    readonly path: { readonly port: number }
    readonly query: { readonly region?: string | undefined }
    readonly body: undefined
    readonly reply: PortStory
  }
  /** Read every entry, one JSON document a line */
  readonly exportLedger: {
    readonly path: object
    readonly query: { readonly after?: number | undefined }
    readonly body: undefined
    readonly reply: undefined
  }
  /** List who is ready to serve one service, by its name; nobody is no error */
  readonly findService: {
    readonly path: { readonly service: string }
    readonly query: {
      readonly port?: string | undefined
      readonly instance?: string | undefined
      readonly environment?: string | undefined
      readonly scope?: string | undefined
      readonly tenant?: string | undefined
      readonly protocol?: 'tcp' | 'udp' | undefined
      readonly index?: string | undefined
      readonly limit?: number | undefined
      readonly cursor?: string | undefined
      readonly wait?: string | undefined
    }
    readonly body: undefined
    readonly reply: ServiceList
  }
  /** Look at the agent of a region */
  readonly getAgent: {
    readonly path: { readonly region: string }
    readonly query: object
    readonly body: undefined
    readonly reply: Agent
  }
  /** Say what a ramp ran among, as far as it was recorded */
  readonly getCircumstances: {
    readonly path: { readonly ramp: string }
    readonly query: object
    readonly body: undefined
    readonly reply: RampCircumstances
  }
  /** Read the latest revision of a contract; its ETag is its digest */
  readonly getContract: {
    readonly path: { readonly kind: string; readonly name: string }
    readonly query: object
    readonly body: undefined
    readonly reply: Revision
  }
  /** Say who serves, and what is under way */
  readonly getDaemon: {
    readonly path: object
    readonly query: object
    readonly body: undefined
    readonly reply: Daemon
  }
  /** Look at what became of sending something */
  readonly getDelivery: {
    readonly path: { readonly id: string }
    readonly query: object
    readonly body: undefined
    readonly reply: Delivery
  }
  /** Look at a lease of a port */
  readonly getLease: {
    readonly path: { readonly lease: string }
    readonly query: object
    readonly body: undefined
    readonly reply: PortLease
  }
  /** Say that the process answers */
  readonly getLiveness: {
    readonly path: object
    readonly query: object
    readonly body: undefined
    readonly reply: Liveness
  }
  /** Say who asks, and what they may do */
  readonly getMe: {
    readonly path: object
    readonly query: object
    readonly body: undefined
    readonly reply: {
      readonly name: string
      readonly kind: 'person' | 'machine' | 'agent' | 'local'
      readonly grants: readonly {
        readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
        readonly scope: {
          readonly contracts?: readonly string[]
          readonly labels?: {
            readonly [member: string]: string
          }
          readonly regions?: readonly string[]
        }
      }[]
      readonly csrfToken?: string
    }
  }
  /** Give the metrics in the text format of Prometheus */
  readonly getMetrics: {
    readonly path: object
    readonly query: object
    readonly body: undefined
    readonly reply: undefined
  }
  /** Read this document */
  readonly getOpenApi: {
    readonly path: object
    readonly query: object
    readonly body: undefined
    readonly reply: JsonObject
  }
  /** Look at what a person may do; the ETag is that of what is granted by name */
  readonly getPerson: {
    readonly path: { readonly name: string }
    readonly query: object
    readonly body: undefined
    readonly reply: {
      readonly name: string
      /** All, those given by groups and by configuration too. */
      readonly grants: readonly {
        readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
        readonly scope: {
          readonly contracts?: readonly string[]
          readonly labels?: {
            readonly [member: string]: string
          }
          readonly regions?: readonly string[]
        }
      }[]
      /** Those given by name, which `PUT` takes the place of. */
      readonly granted: readonly {
        readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
        readonly scope: {
          readonly contracts?: readonly string[]
          readonly labels?: {
            readonly [member: string]: string
          }
          readonly regions?: readonly string[]
        }
      }[]
      readonly grantsVersion: number
      readonly lastSeenAtMs?: number
    }
  }
  /** Say what an amendment that waits for owners would change */
  readonly getProposal: {
    readonly path: { readonly kind: string; readonly name: string; readonly proposal: Digest }
    readonly query: object
    readonly body: undefined
    readonly reply: ProposalDetail
  }
  /** Look at a ramp as it stands; its ETag is the sequence of its last entry */
  readonly getRamp: {
    readonly path: { readonly ramp: string }
    readonly query: object
    readonly body: undefined
    readonly reply: RampView
  }
  /** Say whether it is ready to serve: 200, or 503 with what is missing */
  readonly getReadiness: {
    readonly path: object
    readonly query: object
    readonly body: undefined
    readonly reply: Readiness
  }
  /** Read one revision of a contract */
  readonly getRevision: {
    readonly path: { readonly kind: string; readonly name: string; readonly digest: Digest }
    readonly query: object
    readonly body: undefined
    readonly reply: Revision
  }
  /** Look at what a scan has found, and at what it claims */
  readonly getScan: {
    readonly path: { readonly name: string }
    readonly query: object
    readonly body: undefined
    readonly reply: ScanView
  }
  /** Say how one may sign in here */
  readonly getSignInWays: {
    readonly path: object
    readonly query: object
    readonly body: undefined
    readonly reply: {
      readonly browser: boolean
      readonly token: boolean
    }
  }
  /** Look at a token, without its secret */
  readonly getToken: {
    readonly path: { readonly id: string }
    readonly query: object
    readonly body: undefined
    readonly reply: {
      readonly id: string
      /** For `If-Match`, with its quotes: the ETag of what is told here. */
      readonly etag: string
      readonly name: string
      readonly grants: readonly {
        readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
        readonly scope: {
          readonly contracts?: readonly string[]
          readonly labels?: {
            readonly [member: string]: string
          }
          readonly regions?: readonly string[]
        }
      }[]
      readonly createdBy: string
      readonly createdAtMs: number
      readonly expiresAtMs: number
      readonly lastUsedAtMs?: number
      readonly revokedAtMs?: number
    }
  }
  /** Look at who is told of what */
  readonly getWebhook: {
    readonly path: { readonly id: string }
    readonly query: object
    readonly body: undefined
    readonly reply: Webhook
  }
  /** Grant a person these roles by name, instead of those granted by name before */
  readonly grantPerson: {
    readonly path: { readonly name: string }
    readonly query: object
    readonly body: {
      readonly grants: readonly {
        readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
        readonly scope: {
          readonly contracts?: readonly string[]
          readonly labels?: {
            readonly [member: string]: string
          }
          readonly regions?: readonly string[]
        }
      }[]
    }
    readonly ifMatch: true
    readonly reply: {
      readonly name: string
      /** All, those given by groups and by configuration too. */
      readonly grants: readonly {
        readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
        readonly scope: {
          readonly contracts?: readonly string[]
          readonly labels?: {
            readonly [member: string]: string
          }
          readonly regions?: readonly string[]
        }
      }[]
      /** Those given by name, which `PUT` takes the place of. */
      readonly granted: readonly {
        readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
        readonly scope: {
          readonly contracts?: readonly string[]
          readonly labels?: {
            readonly [member: string]: string
          }
          readonly regions?: readonly string[]
        }
      }[]
      readonly grantsVersion: number
      readonly lastSeenAtMs?: number
    }
  }
  /** List the agents of every region */
  readonly listAgents: {
    readonly path: object
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined }
    readonly body: undefined
    readonly reply: AgentList
  }
  /** List what waits for people, and whether whoever asks may answer it */
  readonly listApprovals: {
    readonly path: object
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined }
    readonly body: undefined
    readonly reply: ApprovalPage
  }
  /** List every amendment of a contract that waited for owners, newest first */
  readonly listContractProposals: {
    readonly path: { readonly kind: string; readonly name: string }
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined }
    readonly body: undefined
    readonly reply: ProposalPage
  }
  /** List the contracts that are held */
  readonly listContracts: {
    readonly path: object
    readonly query: {
      readonly limit?: number | undefined
      readonly cursor?: string | undefined
      readonly kind?: string | undefined
      readonly label?: readonly string[] | string | undefined
      readonly owner?: string | undefined
    }
    readonly body: undefined
    readonly reply: ContractPage
  }
  /** List what was sent, is still to be sent, and could not be */
  readonly listDeliveries: {
    readonly path: object
    readonly query: {
      readonly limit?: number | undefined
      readonly cursor?: string | undefined
      readonly status?: 'pending' | 'delivered' | 'dead' | undefined
      readonly webhook?: string | undefined
    }
    readonly body: undefined
    readonly reply: DeliveryPage
  }
  /** List contracts with their last ramp and what is running of them */
  readonly listEnvironments: {
    readonly path: object
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined }
    readonly body: undefined
    readonly reply: EnvironmentPage
  }
  /** Read entries of the whole ledger, in order */
  readonly listLedgerEntries: {
    readonly path: object
    readonly query: {
      readonly after?: number | undefined
      readonly limit?: number | undefined
      readonly cursor?: number | undefined
    }
    readonly body: undefined
    readonly reply: LedgerPage
  }
  /** Ask the kernel what runs or listens of this workspace */
  readonly listLeftovers: {
    readonly path: object
    readonly query: object
    readonly body: undefined
    readonly reply: Leftovers
  }
  /** List who has signed in or was granted something */
  readonly listPeople: {
    readonly path: object
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined }
    readonly body: undefined
    readonly reply: {
      readonly people: readonly {
        readonly name: string
        /** All, those given by groups and by configuration too. */
        readonly grants: readonly {
          readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
          readonly scope: {
            readonly contracts?: readonly string[]
            readonly labels?: {
              readonly [member: string]: string
            }
            readonly regions?: readonly string[]
          }
        }[]
        /** Those given by name, which `PUT` takes the place of. */
        readonly granted: readonly {
          readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
          readonly scope: {
            readonly contracts?: readonly string[]
            readonly labels?: {
              readonly [member: string]: string
            }
            readonly regions?: readonly string[]
          }
        }[]
        readonly grantsVersion: number
        readonly lastSeenAtMs?: number
      }[]
      /** The cursor of the next page; absent: there is none. */
      readonly next?: string
    }
  }
  /** List the leases of ports that are not free, and the ranges that they come from */
  readonly listPorts: {
    readonly path: object
    readonly query: {
      readonly region?: string | undefined
      readonly limit?: number | undefined
      readonly cursor?: string | undefined
    }
    readonly body: undefined
    readonly reply: LeaseList
  }
  /** List amendments that wait for owners, and whether whoever asks may answer them */
  readonly listProposals: {
    readonly path: object
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined }
    readonly body: undefined
    readonly reply: ProposalPage
  }
  /** Read the entries of a ramp, in order */
  readonly listRampEntries: {
    readonly path: { readonly ramp: string }
    readonly query: {
      readonly after?: number | undefined
      readonly limit?: number | undefined
      readonly cursor?: number | undefined
    }
    readonly body: undefined
    readonly reply: EntryPage
  }
  /** List ramps, newest first */
  readonly listRamps: {
    readonly path: object
    readonly query: {
      readonly limit?: number | undefined
      readonly cursor?: string | undefined
      readonly contract?: string | undefined
      readonly find?: string | undefined
      readonly phase?:
        | ('moving' | 'watching' | 'held' | 'undoing' | 'ended')
        | readonly ('moving' | 'watching' | 'held' | 'undoing' | 'ended')[]
        | undefined
      readonly outcome?: 'reached' | 'undone' | 'abandoned' | undefined
      readonly by?: string | undefined
      readonly owner?: string | undefined
      readonly since?: number | undefined
    }
    readonly body: undefined
    readonly reply: RampPage
  }
  /** List regions with who works there and what is under way */
  readonly listRegions: {
    readonly path: object
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined }
    readonly body: undefined
    readonly reply: RegionList
  }
  /** List the processes that serve from one database; none where one serves alone */
  readonly listReplicas: {
    readonly path: object
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined }
    readonly body: undefined
    readonly reply: ReplicaList
  }
  /** List the revisions of a contract, newest first */
  readonly listRevisions: {
    readonly path: { readonly kind: string; readonly name: string }
    readonly query: { readonly limit?: number | undefined; readonly cursor?: number | undefined }
    readonly body: undefined
    readonly reply: RevisionPage
  }
  /** List the ports that several published scans claim, the worst first */
  readonly listScanConflicts: {
    readonly path: object
    readonly query: {
      readonly limit?: number | undefined
      readonly cursor?: string | undefined
      readonly scan?: string | undefined
    }
    readonly body: undefined
    readonly reply: ScanConflictPage
  }
  /** List the scans of files for ports that were published, the latest of each name */
  readonly listScans: {
    readonly path: object
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined }
    readonly body: undefined
    readonly reply: ScanPage
  }
  /** List who is ready to serve; with the index of an answer, when it is different */
  readonly listServices: {
    readonly path: object
    readonly query: {
      readonly port?: string | undefined
      readonly instance?: string | undefined
      readonly environment?: string | undefined
      readonly scope?: string | undefined
      readonly tenant?: string | undefined
      readonly protocol?: 'tcp' | 'udp' | undefined
      readonly index?: string | undefined
      readonly limit?: number | undefined
      readonly cursor?: string | undefined
      readonly wait?: string | undefined
    }
    readonly body: undefined
    readonly reply: ServiceList
  }
  /** List every stream, oldest first */
  readonly listStreams: {
    readonly path: object
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined }
    readonly body: undefined
    readonly reply: StreamPage
  }
  /** List tokens, oldest first, without their secrets */
  readonly listTokens: {
    readonly path: object
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined }
    readonly body: undefined
    readonly reply: {
      readonly tokens: readonly {
        readonly id: string
        /** For `If-Match`, with its quotes: the ETag of what is told here. */
        readonly etag: string
        readonly name: string
        readonly grants: readonly {
          readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
          readonly scope: {
            readonly contracts?: readonly string[]
            readonly labels?: {
              readonly [member: string]: string
            }
            readonly regions?: readonly string[]
          }
        }[]
        readonly createdBy: string
        readonly createdAtMs: number
        readonly expiresAtMs: number
        readonly lastUsedAtMs?: number
        readonly revokedAtMs?: number
      }[]
      /** The cursor of the next page; absent: there is none. */
      readonly next?: string
    }
  }
  /** List who is told of what happens */
  readonly listWebhooks: {
    readonly path: object
    readonly query: { readonly limit?: number | undefined; readonly cursor?: string | undefined }
    readonly body: undefined
    readonly reply: WebhookPage
  }
  /** Compile a contract and open a ramp of it */
  readonly openRamp: {
    readonly path: object
    readonly query: object
    readonly body: OpenRampRequest
    readonly reply: OpenedRamp
  }
  /** Compile a held contract to its plan, running none of it */
  readonly planContract: {
    readonly path: { readonly kind: string; readonly name: string }
    readonly query: object
    readonly body: PlanContract
    readonly reply: PlannedContract
  }
  /** Prove that an entry is in the signed record */
  readonly proveEntry: {
    readonly path: { readonly position: number }
    readonly query: object
    readonly body: undefined
    readonly reply: LedgerProof
  }
  /** Publish what a scan has found, in the place of the one before */
  readonly publishScan: {
    readonly path: { readonly name: string }
    readonly query: object
    readonly body: ScanRequest
    readonly ifMatch: true
    readonly reply: ScanSummary
  }
  /** Read what components wrote without the secrets of their contracts, a line each */
  readonly readLogs: {
    readonly path: object
    readonly query: {
      readonly subject?: string | undefined
      readonly tail?: number | undefined
      readonly follow?: string | undefined
    }
    readonly body: undefined
    readonly reply: undefined
  }
  /** Send something again, from the beginning and under the same id */
  readonly redeliver: {
    readonly path: { readonly id: string }
    readonly query: object
    readonly body: undefined
    readonly ifMatch: true
    readonly reply: undefined
  }
  /** Give a leased port back; it cools before anybody else gets it */
  readonly releasePort: {
    readonly path: { readonly lease: string }
    readonly query: object
    readonly body: undefined
    readonly ifMatch: true
    readonly reply: undefined
  }
  /** Let a region have no agent any more; its stages are then done by the server */
  readonly removeAgent: {
    readonly path: { readonly region: string }
    readonly query: object
    readonly body: undefined
    readonly ifMatch: true
    readonly reply: undefined
  }
  /** Remove what was published of a repository that is scanned no more */
  readonly removeScan: {
    readonly path: { readonly name: string }
    readonly query: object
    readonly body: undefined
    readonly ifMatch: true
    readonly reply: undefined
  }
  /** Tell somebody nothing any more, not even what is queued */
  readonly removeWebhook: {
    readonly path: { readonly id: string }
    readonly query: object
    readonly body: undefined
    readonly ifMatch: true
    readonly reply: undefined
  }
  /** Say what became of errands; none at all says that the agent is there */
  readonly reportWork: {
    readonly path: object
    readonly query: object
    readonly body: AgentReports
    readonly reply: AgentReportsReply
  }
  /** Refuse a token from now on */
  readonly revokeToken: {
    readonly path: { readonly id: string }
    readonly query: object
    readonly body: undefined
    readonly ifMatch: true
    readonly reply: undefined
  }
  /** Hold, resume or abort a ramp, or answer what it asks people */
  readonly sayWord: {
    readonly path: { readonly ramp: string }
    readonly query: object
    readonly body: SayRequest
    readonly ifMatch: true
    readonly reply: SaidWord
  }
  /** End this session, or revoke the token of this login */
  readonly signOut: {
    readonly path: object
    readonly query: object
    readonly body: undefined
    readonly reply: undefined
  }
  /** End every session and every login of a person, who may sign in again */
  readonly signPersonOut: {
    readonly path: { readonly name: string }
    readonly query: object
    readonly body: undefined
    readonly reply: {
      readonly sessions: number
      readonly logins: number
    }
  }
  /** Stop the daemon; what runs keeps running, and the answer ends with the daemon */
  readonly stopDaemon: {
    readonly path: object
    readonly query: { readonly onlyWithoutDoors?: string | undefined }
    readonly body: undefined
    readonly reply: undefined
  }
  /** Follow everything that happens; `Last-Event-ID` is the last position that was seen */
  readonly streamEvents: {
    readonly path: object
    readonly query: {
      readonly ramp?: string | undefined
      readonly contract?: string | undefined
      readonly types?: string | readonly string[] | undefined
      readonly after?: number | undefined
    }
    readonly body: undefined
    readonly reply: undefined
  }
  /** Follow a ramp live; `Last-Event-ID` is the last sequence that was seen */
  readonly streamRamp: {
    readonly path: { readonly ramp: string }
    readonly query: { readonly after?: number | undefined }
    readonly body: undefined
    readonly reply: undefined
  }
  /** Take the token of a login, once somebody has confirmed it */
  readonly takeDeviceToken: {
    readonly path: object
    readonly query: object
    readonly body: {
      readonly deviceCode: string
    }
    readonly reply:
      | {
          readonly state: 'waiting'
        }
      | {
          readonly state: 'done'
          readonly token: {
            readonly id: string
            /** For `If-Match`, with its quotes: the ETag of what is told here. */
            readonly etag: string
            readonly name: string
            readonly grants: readonly {
              readonly role: 'viewer' | 'operator' | 'approver' | 'admin' | 'agent'
              readonly scope: {
                readonly contracts?: readonly string[]
                readonly labels?: {
                  readonly [member: string]: string
                }
                readonly regions?: readonly string[]
              }
            }[]
            readonly createdBy: string
            readonly createdAtMs: number
            readonly expiresAtMs: number
            readonly lastUsedAtMs?: number
            readonly revokedAtMs?: number
          }
          readonly secret: string
        }
  }
  /** Work for a region: errands come on this stream for as long as it lasts */
  readonly takeWork: {
    readonly path: object
    readonly query: {
      readonly region: string
      readonly instance: string
      readonly version: string
      readonly replace?: string | undefined
    }
    readonly body: undefined
    readonly reply: undefined
  }
  /** Prove that nothing was altered, removed or reordered */
  readonly verifyLedger: {
    readonly path: object
    readonly query: object
    readonly body: undefined
    readonly reply: Verification
  }
}

/** Where an operation is. */
export interface OperationPlace {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
}

/** Where every operation is. */
export const OPERATIONS: Readonly<Record<keyof Operations, OperationPlace>> = {
  addWebhook: { method: 'POST', path: '/v1/webhooks' },
  answerProposal: {
    method: 'POST',
    path: '/v1/contracts/{kind}/{name}/proposals/{proposal}/answers',
  },
  applyContracts: { method: 'POST', path: '/v1/apply' },
  assignPort: { method: 'POST', path: '/v1/ports/leases/{lease}/assign' },
  beginDeviceLogin: { method: 'POST', path: '/v1/auth/device' },
  beginSession: { method: 'POST', path: '/v1/auth/session' },
  beginSignIn: { method: 'GET', path: '/v1/auth/login' },
  claimPorts: { method: 'POST', path: '/v1/ports/leases' },
  compareRevisions: { method: 'GET', path: '/v1/contracts/{kind}/{name}/compare' },
  createSignInCode: { method: 'POST', path: '/v1/auth/codes' },
  createToken: { method: 'POST', path: '/v1/tokens' },
  endSignIn: { method: 'GET', path: '/v1/auth/callback' },
  explainPort: { method: 'GET', path: '/v1/ports/{port}' },
  exportLedger: { method: 'GET', path: '/v1/ledger/export' },
  findService: { method: 'GET', path: '/v1/services/{service}' },
  getAgent: { method: 'GET', path: '/v1/regions/{region}/agent' },
  getCircumstances: { method: 'GET', path: '/v1/ramps/{ramp}/circumstances' },
  getContract: { method: 'GET', path: '/v1/contracts/{kind}/{name}' },
  getDaemon: { method: 'GET', path: '/v1/daemon' },
  getDelivery: { method: 'GET', path: '/v1/deliveries/{id}' },
  getLease: { method: 'GET', path: '/v1/ports/leases/{lease}' },
  getLiveness: { method: 'GET', path: '/livez' },
  getMe: { method: 'GET', path: '/v1/me' },
  getMetrics: { method: 'GET', path: '/metrics' },
  getOpenApi: { method: 'GET', path: '/v1/openapi.json' },
  getPerson: { method: 'GET', path: '/v1/people/{name}' },
  getProposal: { method: 'GET', path: '/v1/contracts/{kind}/{name}/proposals/{proposal}' },
  getRamp: { method: 'GET', path: '/v1/ramps/{ramp}' },
  getReadiness: { method: 'GET', path: '/readyz' },
  getRevision: { method: 'GET', path: '/v1/contracts/{kind}/{name}/revisions/{digest}' },
  getScan: { method: 'GET', path: '/v1/scans/{name}' },
  getSignInWays: { method: 'GET', path: '/v1/auth' },
  getToken: { method: 'GET', path: '/v1/tokens/{id}' },
  getWebhook: { method: 'GET', path: '/v1/webhooks/{id}' },
  grantPerson: { method: 'PUT', path: '/v1/people/{name}' },
  listAgents: { method: 'GET', path: '/v1/agents' },
  listApprovals: { method: 'GET', path: '/v1/approvals' },
  listContractProposals: { method: 'GET', path: '/v1/contracts/{kind}/{name}/proposals' },
  listContracts: { method: 'GET', path: '/v1/contracts' },
  listDeliveries: { method: 'GET', path: '/v1/deliveries' },
  listEnvironments: { method: 'GET', path: '/v1/environments' },
  listLedgerEntries: { method: 'GET', path: '/v1/ledger/entries' },
  listLeftovers: { method: 'GET', path: '/v1/leftovers' },
  listPeople: { method: 'GET', path: '/v1/people' },
  listPorts: { method: 'GET', path: '/v1/ports' },
  listProposals: { method: 'GET', path: '/v1/proposals' },
  listRampEntries: { method: 'GET', path: '/v1/ramps/{ramp}/entries' },
  listRamps: { method: 'GET', path: '/v1/ramps' },
  listRegions: { method: 'GET', path: '/v1/regions' },
  listReplicas: { method: 'GET', path: '/v1/replicas' },
  listRevisions: { method: 'GET', path: '/v1/contracts/{kind}/{name}/revisions' },
  listScanConflicts: { method: 'GET', path: '/v1/scan-conflicts' },
  listScans: { method: 'GET', path: '/v1/scans' },
  listServices: { method: 'GET', path: '/v1/services' },
  listStreams: { method: 'GET', path: '/v1/ledger/streams' },
  listTokens: { method: 'GET', path: '/v1/tokens' },
  listWebhooks: { method: 'GET', path: '/v1/webhooks' },
  openRamp: { method: 'POST', path: '/v1/ramps' },
  planContract: { method: 'POST', path: '/v1/contracts/{kind}/{name}/plan' },
  proveEntry: { method: 'GET', path: '/v1/ledger/proof/{position}' },
  publishScan: { method: 'PUT', path: '/v1/scans/{name}' },
  readLogs: { method: 'GET', path: '/v1/logs' },
  redeliver: { method: 'POST', path: '/v1/deliveries/{id}/redeliver' },
  releasePort: { method: 'DELETE', path: '/v1/ports/leases/{lease}' },
  removeAgent: { method: 'DELETE', path: '/v1/regions/{region}/agent' },
  removeScan: { method: 'DELETE', path: '/v1/scans/{name}' },
  removeWebhook: { method: 'DELETE', path: '/v1/webhooks/{id}' },
  reportWork: { method: 'POST', path: '/v1/agent/reports' },
  revokeToken: { method: 'DELETE', path: '/v1/tokens/{id}' },
  sayWord: { method: 'POST', path: '/v1/ramps/{ramp}/words' },
  signOut: { method: 'POST', path: '/v1/auth/logout' },
  signPersonOut: { method: 'POST', path: '/v1/people/{name}/sign-out' },
  stopDaemon: { method: 'POST', path: '/v1/daemon/stop' },
  streamEvents: { method: 'GET', path: '/v1/events' },
  streamRamp: { method: 'GET', path: '/v1/ramps/{ramp}/stream' },
  takeDeviceToken: { method: 'POST', path: '/v1/auth/device/token' },
  takeWork: { method: 'GET', path: '/v1/agent/work' },
  verifyLedger: { method: 'GET', path: '/v1/ledger/verify' },
}
