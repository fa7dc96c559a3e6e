/** What does not go on without a person: promises that are broken, ramps that hold, approvals. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { rampTitle } from '../../core/telling/ramp-title.ts'
import type { ApprovalView } from '../../server/wire/approvals.ts'
import type { ProposalView } from '../../server/wire/proposals.ts'
import type { RampSummary } from '../../server/wire.ts'
import { Panel } from '../part/panel.tsx'
import { Ago, Lasting } from '../part/time.tsx'
import { Mark, type Tone, toneText } from '../part/tone.tsx'
import type { BrokenIn, Picture } from './sort-out.ts'

/** The panel; it stays when it is empty, since that is news too. */
export function StuckPanel(props: {
  readonly picture: Picture
  readonly approvals: readonly ApprovalView[]
  readonly proposals: readonly ProposalView[]
}): ReactNode {
  const { promises, stuck } = props.picture
  const { approvals, proposals } = props
  const total = promises.length + stuck.length + approvals.length + proposals.length
  return (
    <Panel title="Needs a person" id="needs" count={total} isFlush>
      {total === 0 ? (
        <p className="flex items-center gap-2 px-4 py-3 text-muted">
          <Mark tone="good" /> Nothing waits for anybody.
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {promises.map((promise) => (
            <PromiseRow
              key={`${promise.ramp}/${promise.stage}/${promise.condition}`}
              {...promise}
            />
          ))}
          {stuck.map((ramp) => (
            <HeldRow key={ramp.ramp} ramp={ramp} />
          ))}
          {approvals.map((approval) => (
            <ApprovalRow
              key={`${approval.ramp}/${approval.stage}/${approval.condition}`}
              approval={approval}
            />
          ))}
          {proposals.map((proposal) => (
            <ProposalRow key={proposal.proposal} proposal={proposal} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function PromiseRow(promise: BrokenIn): ReactNode {
  const { ramp, stage, condition, contract, sentence, owner, sinceMs } = promise
  return (
    <AttentionRow
      tone="bad"
      word="Broken promise"
      ramp={ramp}
      stage={stage}
      title={`${contract}: ${stage} ${condition}`}
      owner={owner}
      sentence={sentence}
      aside={sinceMs === undefined ? 'never proved' : <Lasting fromMs={sinceMs} />}
    />
  )
}

function HeldRow({ ramp }: { readonly ramp: RampSummary }): ReactNode {
  const { cause = 'It waits to be resumed or aborted.', owner } = ramp
  return (
    <AttentionRow
      tone="held"
      word="Held"
      ramp={ramp.ramp}
      title={rampTitle(ramp)}
      owner={owner}
      sentence={cause}
      aside={
        <>
          opened <Ago atMs={ramp.openedAtMs} />
        </>
      }
    />
  )
}

function ApprovalRow({ approval }: { readonly approval: ApprovalView }): ReactNode {
  const { contract, goal, stage, condition, from, count, words, whyNot, askedAtMs } = approval
  const given = words.filter(({ approves }) => approves).length
  return (
    <AttentionRow
      tone="held"
      word="Approval wanted"
      ramp={approval.ramp}
      stage={stage}
      title={`${contract.name} ${goal}: ${stage} ${condition}`}
      owner={from.join(' or ')}
      sentence={`${given} of ${count} given. ${whyNot ?? 'You may approve it.'}`}
      aside={<Ago atMs={askedAtMs} />}
    />
  )
}

function ProposalRow({ proposal }: { readonly proposal: ProposalView }): ReactNode {
  const { kind, name, owners, by, whyNot, atMs } = proposal
  const missing = owners.flatMap(({ owner, by: given }) => (given === undefined ? [owner] : []))
  return (
    <li>
      <Link to="/approvals" data-row="" className={ROW}>
        <AttentionBody
          tone="held"
          word="Change wanted"
          title={`${kind}/${name}`}
          owner={missing.join(' and ')}
          sentence={`${by} proposed it. ${whyNot ?? 'You may approve it.'}`}
          aside={<Ago atMs={atMs} />}
        />
      </Link>
    </li>
  )
}

const ROW = 'grid grid-cols-[auto_minmax(0,1fr)_auto] gap-x-3 px-4 py-2.5 hover:bg-sunken'

interface Attention {
  readonly tone: Tone
  readonly word: string
  readonly title: string
  readonly owner?: string | undefined
  readonly sentence: string
  readonly aside: ReactNode
}

/** One thing on the overview: what, how it is, why, on whom, since when. */
export function AttentionRow(
  props: Attention & { readonly ramp: string; readonly stage?: string },
): ReactNode {
  return (
    <li>
      <Link
        to="/ramps/$ramp"
        params={{ ramp: props.ramp }}
        search={{ stage: props.stage }}
        data-row=""
        className={ROW}
      >
        <AttentionBody {...props} />
      </Link>
    </li>
  )
}

function AttentionBody(props: Attention): ReactNode {
  return (
    <>
      <span className="pt-0.5">
        <Mark tone={props.tone} size={16} />
      </span>
      <span className="min-w-0">
        <span className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium">{props.title}</span>
          <span className={`text-xs ${toneText(props.tone)}`}>{props.word}</span>
        </span>
        <span className="line-clamp-4 text-muted [overflow-wrap:anywhere] sm:line-clamp-2">
          {props.sentence}
        </span>
        {props.owner === undefined ? null : (
          <span className="text-xs">
            On <strong className="font-semibold">{props.owner}</strong>
          </span>
        )}
      </span>
      <span className="text-right text-muted text-xs">{props.aside}</span>
    </>
  )
}
