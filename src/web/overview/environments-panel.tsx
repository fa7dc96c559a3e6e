/** Each contract with how its last ramp went, what watches it, and what runs of it. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { goalWords } from '../../core/telling/goal-words.ts'
import type { ComponentView, EnvironmentView } from '../../server/wire.ts'
import { Panel } from '../part/panel.tsx'
import { hasBroken, toldOfSummary } from '../part/ramp-tone.ts'
import { Lasting } from '../part/time.tsx'
import { Mark, type Tone } from '../part/tone.tsx'

/** The panel. */
export function EnvironmentsPanel(props: {
  readonly environments: readonly EnvironmentView[]
}): ReactNode {
  const { environments } = props
  return (
    <Panel title="Environments" id="environments" count={environments.length} isFlush>
      {environments.length === 0 ? (
        <p className="px-4 py-3 text-muted">No environment was ever brought up here.</p>
      ) : (
        <ul className="divide-y divide-line">
          {environments.slice(0, 100).map((environment) => (
            <EnvironmentRow
              key={`${environment.kind}/${environment.contract}`}
              environment={environment}
            />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function EnvironmentRow({ environment }: { readonly environment: EnvironmentView }): ReactNode {
  const { kind, contract: name, lastRamp, watch, components } = environment
  const contract = kind === 'Environment' ? name : `${kind}/${name}`
  const { tone, sentence } = tellOf(environment)
  const running = components.filter(({ status }) => status === 'running').length
  const isUp = lastRamp?.goal === 'up' && lastRamp.outcome === 'reached'
  const wrong = isUp ? components.filter(isBroken) : []
  const ramp = watch?.ramp ?? lastRamp?.ramp
  const body = (
    <>
      <span className="pt-0.5">
        <Mark tone={tone} size={16} />
      </span>
      <span className="min-w-0">
        <span className="block truncate font-medium">
          {contract}
          {lastRamp?.contract.target === undefined ? '' : ` for ${lastRamp.contract.target}`}
        </span>
        <span className="line-clamp-2 text-muted text-xs">{sentence}</span>
        {wrong.map(({ instance, code, signal }) => (
          <span key={instance} className="block truncate text-bad text-xs">
            {instance} {signal === undefined ? `exited ${code ?? '?'}` : `ended by ${signal}`}
          </span>
        ))}
      </span>
      <span className="numbers whitespace-nowrap text-right text-muted text-xs">
        {running === 0 ? 'nothing runs' : `${running} running`}
        {watch === undefined ? null : (
          <span className="block">
            watched <Lasting fromMs={watch.sinceMs} />
          </span>
        )}
      </span>
    </>
  )
  const look = 'grid grid-cols-[auto_minmax(0,1fr)_auto] gap-x-3 px-4 py-2.5'
  if (ramp === undefined) return <li className={look}>{body}</li>
  return (
    <li>
      <Link to="/ramps/$ramp" params={{ ramp }} data-row="" className={`${look} hover:bg-sunken`}>
        {body}
      </Link>
    </li>
  )
}

function tellOf(environment: EnvironmentView): { readonly tone: Tone; readonly sentence: string } {
  const { lastRamp, watch, unwatched, components } = environment
  if (lastRamp === undefined) {
    return { tone: 'waiting', sentence: 'Its ramps are not in this ledger.' }
  }
  const { goal, phase } = lastRamp
  const broken = watch?.broken.length ?? 0
  if (phase === 'held') return { tone: 'held', sentence: `${goal} holds, and waits for a person.` }
  if (phase !== 'ended')
    return { tone: toldOfSummary(lastRamp).tone, sentence: `${goal} is under way.` }
  if (hasBroken(lastRamp)) return { tone: 'bad', sentence: `${goal} was ${lastRamp.outcome}.` }
  const word = goalWords(goal).reached
  if (goal === 'up' && broken > 0) {
    const promises = broken === 1 ? 'a promise is' : `${broken} promises are`
    return { tone: 'bad', sentence: `Was ${word}, but ${promises} broken.` }
  }
  if (goal === 'up' && components.some(isBroken)) {
    const unseen = unwatched === undefined ? '' : ', and nothing watches it'
    return { tone: 'bad', sentence: `Was ${word}, but a part of it ended since${unseen}.` }
  }
  if (goal !== 'up') return { tone: 'gone', sentence: `Is ${word}.` }
  if (unwatched !== undefined) {
    return { tone: 'bad', sentence: `Is ${word}, but nothing watches it. Next: rampart up.` }
  }
  const watched = watch === undefined ? '' : ', and watched: every promise is kept'
  return { tone: watch === undefined ? 'good' : 'watching', sentence: `Is ${word}${watched}.` }
}

function isBroken({ status, code }: ComponentView): boolean {
  return status === 'lost' || (status === 'exited' && code !== 0)
}
