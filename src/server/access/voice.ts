/**
 * In whose name something is said: by the identity that was proved, never by what a request claims.
 * Only the owner of the machine, at the Unix socket, says for whom they speak, as they always could.
 */
import type { Approving, Word } from '../../core/entry/entry.ts'
import type { ApprovalQuestion } from '../../core/plan/question.ts'
import type { RampState } from '../../core/ramp/state.ts'
import { stageNamed } from '../../core/ramp/state.ts'
import type { Role } from '../wire/access.ts'
import { forbidden } from './add-access.ts'
import { fullName, type Hand, isSameHand } from './hands.ts'
import type { Identity } from './identity.ts'
import { isWithin, mayDo, type Resource } from './permissions.ts'

/** A word, and in whose name it is said. */
export interface Voiced {
  readonly by: string
  readonly word: Word
}

/** Who is behind which names. */
export interface KnownHands {
  handOf(name: string): Promise<Hand>
  /** Machines that may approve something. */
  approvingHands(): Promise<readonly Hand[]>
}

/** For one answer: every token is read once for all that it tells of. */
export function askedOnce(tokens: KnownHands): KnownHands {
  let approving: ReturnType<KnownHands['approvingHands']> | undefined
  return {
    handOf: (name) => tokens.handOf(name),
    approvingHands: () => {
      approving ??= tokens.approvingHands()
      return approving
    },
  }
}

/** Each role is entitled to all that those after it are. */
const RANKS: readonly Role[] = ['admin', 'approver', 'operator', 'viewer']

/** In whose name somebody does anything: `claimed` counts only at the Unix socket. */
export function nameOf(identity: Identity, claimed: string | undefined): string {
  return identity.by === 'local' ? (claimed ?? identity.name) : identity.name
}

/** What is said, to which ramp, of which contract. */
export type Saying = { readonly state: RampState; readonly resource: Resource } & Voiced

/**
 * A word as it is told to the ramp.
 *
 * @throws forbidden when it answers for approvers, and whoever speaks is none there
 */
export async function voiceWord(
  tokens: KnownHands,
  identity: Identity,
  saying: Saying,
): Promise<Voiced> {
  const { word, resource } = saying
  const isAnswer = word.say === 'approve' || word.say === 'reject'
  if (isAnswer && !mayDo(identity, 'ramps.approve', resource)) {
    throw forbidden(identity, 'ramps.approve', `${resource.kind}/${resource.name}`)
  }
  return await putInWords(tokens, identity, saying)
}

/** The same, whether they may say it or not. */
export async function putInWords(
  tokens: KnownHands,
  identity: Identity,
  saying: Saying,
): Promise<Voiced> {
  const { state, resource, word } = saying
  const by = nameOf(identity, saying.by)
  if (word.say !== 'approve' && word.say !== 'reject') return { by, word }
  const as =
    identity.by === 'local' ? word.as : standingFor(identity, resource, questionOf(state, word))
  const spoken = [state.by, ...state.approvals.map((said) => said.by)]
  const also = await otherNames(tokens, { name: by, behind: identity.behind }, spoken)
  const { stage, condition, digest, say } = word
  return { by, word: { say, stage, condition, digest, as, ...(also.length === 0 ? {} : { also }) } }
}

/**
 * As what somebody may answer a question: the first that it asks for and they are. Where they are none
 * of it, their highest role, so that the refusal says truly who spoke.
 */
export function standingFor(
  identity: Identity,
  resource: Resource,
  question: Pick<ApprovalQuestion, 'from'> | undefined,
): string {
  const found = question?.from.find((wanted) => standsFor(identity, resource, wanted))
  return found ?? highestRole(identity, resource) ?? identity.name
}

/** Whether somebody is what is asked for: has that role, is in that group, or is called so. */
export function standsFor(identity: Identity, resource: Resource, wanted: string): boolean {
  // A group that calls itself like a role is not that role.
  if (!isRole(wanted)) return isCalled(identity, wanted)
  const highest = highestRole(identity, resource)
  return highest !== undefined && RANKS.indexOf(wanted) >= RANKS.indexOf(highest)
}

/** Names that have spoken, and of those who may approve, that are or may be the same hand as whoever speaks. */
export async function otherNames(
  tokens: KnownHands,
  hand: Hand,
  spoken: readonly string[],
): Promise<readonly string[]> {
  const heard = await Promise.all(spoken.map((name) => tokens.handOf(name)))
  const approving = await tokens.approvingHands()
  const same = [...heard, ...approving].filter((other) => isSameHand(hand, other))
  const names = new Set([...same.map(({ name }) => name), ...hand.behind])
  names.delete(hand.name)
  return [...names].sort()
}

/**
 * What somebody is called where rules name people: the name in which they speak, their groups, and the
 * roles that they have there.
 */
export function namesOf(identity: Identity, resource: Resource, by: string): readonly string[] {
  const highest = highestRole(identity, resource)
  const roles = highest === undefined ? [] : RANKS.slice(RANKS.indexOf(highest))
  const groups = identity.kind === 'person' ? identity.groups : []
  // Nobody is given a role by calling themselves, or a group, like one.
  const called = [fullName(by), ...(identity.by === 'local' ? [by] : []), ...groups]
  return [...new Set([...called.filter((name) => !isRole(name)), ...roles])]
}

function highestRole({ grants }: Identity, resource: Resource): Role | undefined {
  return RANKS.find((role) =>
    grants.some((grant) => grant.role === role && isWithin(grant.scope, resource)),
  )
}

function isCalled({ name, groups, kind }: Identity, wanted: string): boolean {
  return fullName(name) === wanted || (kind === 'person' && groups.includes(wanted))
}

function isRole(wanted: string): wanted is Role {
  return (RANKS as readonly string[]).includes(wanted)
}

function questionOf(
  state: RampState,
  { stage, condition }: Approving,
): ApprovalQuestion | undefined {
  const placed = stageNamed(state, stage)?.placed.find((at) => at.condition.name === condition)
  const question = placed?.condition.question
  return question?.ask === 'approval' ? question : undefined
}
