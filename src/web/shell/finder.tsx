/** Finds ramps, contracts and pages by what is typed. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { newestRampsQuery } from '../api/queries.ts'
import { Dialog } from '../part/dialog.tsx'
import { inputLook } from '../part/field.tsx'
import { toldOfSummary } from '../part/ramp-tone.ts'
import { Mark, type Tone } from '../part/tone.tsx'
import { SECTIONS } from './sections.ts'

const SHOWN_MAX = 12

interface Found {
  readonly key: string
  readonly title: string
  readonly aside: string
  readonly tone?: Tone
  go(): void
}

/** The dialog in which something is found. */
export function Finder({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [text, setText] = useState('')
  const [place, setPlace] = useState(0)
  const found = useFound(text, onClose)
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') found[place]?.go()
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    setPlace(Math.max(0, Math.min(found.length - 1, place + step)))
  }
  return (
    <Dialog title="Find" onClose={onClose}>
      <input
        data-begin=""
        role="combobox"
        aria-label="Find a ramp, a contract or a page"
        aria-expanded="true"
        aria-controls="found"
        aria-activedescendant={found[place] === undefined ? undefined : `found-${place}`}
        placeholder="shop, shop-up-…, ledger"
        className={inputLook}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setPlace(0)
        }}
        onKeyDown={press}
      />
      <div id="found" role="listbox" aria-label="Found" className="mt-3 flex min-h-40 flex-col">
        {found.map((item, index) => (
          <button
            type="button"
            key={item.key}
            id={`found-${index}`}
            role="option"
            aria-selected={index === place}
            tabIndex={-1}
            className={clsx(
              'flex h-9 items-center gap-2 rounded-md px-2 text-left',
              index === place && 'bg-accent-soft',
            )}
            onClick={item.go}
          >
            {item.tone === undefined ? null : <Mark tone={item.tone} />}
            <span className="truncate font-medium">{item.title}</span>
            <span className="ml-auto truncate text-muted text-xs">{item.aside}</span>
          </button>
        ))}
        {found.length === 0 ? (
          <p className="p-2 text-muted">Nothing is called so among the newest ramps and pages.</p>
        ) : null}
      </div>
    </Dialog>
  )
}

function useFound(text: string, onClose: () => void): readonly Found[] {
  const navigate = useNavigate()
  const { data } = useQuery(newestRampsQuery)
  const wanted = text.trim().toLowerCase()
  const pages = SECTIONS.filter(({ title }) => title.toLowerCase().includes(wanted)).map(
    ({ title, to }): Found => ({
      key: to,
      title,
      aside: 'page',
      go: () => {
        onClose()
        void navigate({ to })
      },
    }),
  )
  const ramps = (data?.ramps ?? [])
    .filter(({ ramp, contract }) => `${ramp} ${contract.name}`.toLowerCase().includes(wanted))
    .map((summary): Found => {
      const { tone, word } = toldOfSummary(summary)
      return {
        key: summary.ramp,
        title: summary.ramp,
        aside: word,
        tone,
        go: () => {
          onClose()
          void navigate({ to: '/ramps/$ramp', params: { ramp: summary.ramp } })
        },
      }
    })
  const all = wanted === '' ? [...pages, ...ramps] : [...ramps, ...pages]
  return all.slice(0, SHOWN_MAX)
}
