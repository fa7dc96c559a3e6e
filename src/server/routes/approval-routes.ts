/**
 * `/v1/approvals`: what waits for people, and whether it waits for whoever asks. It is answered by a
 * word to the ramp, and judged there; what is told here is only what that judgement would be now.
 */
import { assessWord } from '../../core/ramp/decide-word.ts'
import { ascending, pageOf } from '../../core/units/page-of.ts'
import { whoAsks } from '../access/add-access.ts'
import type { Identity } from '../access/identity.ts'
import { mayDo, type Resource } from '../access/permissions.ts'
import { resourceOf } from '../access/ramp-resource.ts'
import { askedOnce, type KnownHands, putInWords, type Voiced } from '../access/voice.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import type { Waiting } from '../approval-index.ts'
import { APPROVAL_PAGE } from '../schemas/approval.ts'
import { PAGE_OF } from '../schemas/paging.ts'
import type { ApprovalPage, ApprovalView } from '../wire/approvals.ts'
import { etagOf } from '../wire/etags.ts'

/** Adds the routes. */
export function addApprovalRoutes(app: App, api: Api): void {
  app.get(
    '/v1/approvals',
    {
      schema: {
        operationId: 'listApprovals',
        summary: 'List what waits for people, and whether whoever asks may answer it',
        tags: ['approvals'],
        querystring: PAGE_OF,
        response: { 200: APPROVAL_PAGE },
      },
      config: { permission: 'ramps.read' },
    },
    async (request): Promise<ApprovalPage> => {
      const who = whoAsks(request)
      const seen: Seen[] = []
      for (const waiting of await api.approvals.list()) {
        const resource = await resourceOf(api.store, waiting.state.plan.contract, who)
        if (mayDo(who, 'ramps.read', resource)) seen.push({ ...waiting, resource })
      }
      const { items, ...next } = pageOf(seen, longestFirst, request.query)
      const hands = askedOnce(api.access.tokens)
      const views = items.map((waiting) => viewOf(hands, who, waiting))
      return { approvals: await Promise.all(views), ...next }
    },
  )
}

interface Seen extends Waiting {
  readonly resource: Resource
}

function longestFirst({ state, open }: Seen): string {
  return `${ascending(open.askedAtMs)} ${state.ramp} ${open.stage} ${open.condition}`
}

async function viewOf(
  hands: KnownHands,
  who: Identity,
  { state, open, resource }: Seen,
): Promise<ApprovalView> {
  const { stage, condition, question, words, askedAtMs, expiresAtMs } = open
  const digest = state.planDigest
  const word = { say: 'approve', stage, condition, digest, as: question.from[0] ?? '' } as const
  const voiced = await putInWords(hands, who, { state, resource, by: who.name, word })
  const refusal = assessWord(state, voiced.by, voiced.word)
  const whyNot = mayDo(who, 'ramps.approve', resource)
    ? refusal?.sentence
    : `${who.name} is no approver of ${resource.kind}/${resource.name}.`
  return {
    ramp: state.ramp,
    etag: etagOf(state.sequence),
    contract: state.plan.contract,
    goal: state.plan.goal,
    stage,
    condition,
    digest,
    proposedBy: state.by,
    from: question.from,
    count: question.count,
    words: words.map(({ by, approves, atMs }) => ({ by, approves, atMs })),
    askedAtMs,
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    ...asWhom(voiced, question.from),
    mayApprove: whyNot === undefined,
    ...(whyNot === undefined ? {} : { whyNot }),
  }
}

/** As what they would be heard, where that is something that was asked for. */
function asWhom({ word }: Voiced, from: readonly string[]): Pick<ApprovalView, 'as'> {
  return word.say === 'approve' && from.includes(word.as) ? { as: word.as } : {}
}
