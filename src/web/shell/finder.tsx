/** Finds ramps, contracts and pages by what is typed: all of them, which for ramps the server is asked. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { contractsQuery, foundRampsQuery, newestRampsQuery } from '../api/queries.ts'
import { Dialog } from '../part/dialog.tsx'
import { inputLook } from '../part/field.tsx'
import { Mark } from '../part/tone.tsx'
import { type Found, findAmong, type Place } from './find-among.ts'
import { SECTIONS } from './sections.ts'

/** As much as the server takes. */
const TEXT_MAX = 200

/** The dialog in which something is found. */
export function Finder({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [text, setText] = useState('')
  // By its key: what the server finds later must not move the choice to something else.
  const [key, setKey] = useState<string | undefined>()
  const { found, note } = useFound(text)
  const place = Math.max(
    0,
    found.findIndex((item) => item.key === key),
  )
  const go = useGo(onClose)
  const press = (event: KeyboardEvent): void => {
    const chosen = found[place]
    if (event.key === 'Enter' && chosen !== undefined) go(chosen.place)
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    setKey(found[Math.max(0, Math.min(found.length - 1, place + step))]?.key)
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
        maxLength={TEXT_MAX}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setKey(undefined)
        }}
        onKeyDown={press}
      />
      <div className="mt-3 min-h-40">
        <FoundList found={found} place={place} onGo={go} />
        <p role="status" className="px-2 py-1 text-muted">
          {note}
        </p>
      </div>
    </Dialog>
  )
}

function FoundList(props: {
  readonly found: readonly Found[]
  readonly place: number
  readonly onGo: (place: Place) => void
}): ReactNode {
  const { found, place, onGo } = props
  return (
    <div id="found" role="listbox" aria-label="Found" className="flex flex-col">
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
          onClick={() => onGo(item.place)}
        >
          {item.tone === undefined ? null : <Mark tone={item.tone} />}
          <span className="truncate font-medium">{item.title}</span>
          <span className="ml-auto truncate text-muted text-xs">{item.aside}</span>
        </button>
      ))}
    </div>
  )
}

/** What is called so, the newest ramps at once and older ones as soon as the server has answered. */
function useFound(text: string): { readonly found: readonly Found[]; readonly note: string } {
  const newest = useQuery(newestRampsQuery).data?.ramps ?? []
  const contracts = useInfiniteQuery(contractsQuery).data ?? []
  const asked = useQuery(foundRampsQuery(text))
  const isTyped = text.trim() !== ''
  const ramps = isTyped ? [...newest, ...(asked.data?.ramps ?? [])] : newest
  const found = findAmong(text, { pages: SECTIONS, contracts, ramps })
  const isAsking = isTyped && asked.isFetching
  if (isTyped && asked.isError) {
    return { found, note: `Older ramps could not be looked through: ${asked.error.message}` }
  }
  if (found.length === 0) {
    const none = 'No contract, no ramp and no page is called so.'
    return { found, note: isAsking ? 'Looking through all ramps…' : none }
  }
  const shown = found.filter(({ place }) => place.is === 'ramp').length
  const { ramps: answered = [], next } = asked.data ?? {}
  const hasMore = isTyped && !isAsking && (next !== undefined || answered.length > shown)
  return { found, note: hasMore ? 'More ramps are called so: type more of the name.' : '' }
}

function useGo(onClose: () => void): (place: Place) => void {
  const navigate = useNavigate()
  return (place) => {
    onClose()
    if (place.is === 'page') void navigate({ to: place.to })
    else if (place.is === 'ramp') {
      void navigate({ to: '/ramps/$ramp', params: { ramp: place.ramp } })
    } else {
      const { kind, name } = place
      void navigate({ to: '/contracts/$kind/$name', params: { kind, name } })
    }
  }
}
