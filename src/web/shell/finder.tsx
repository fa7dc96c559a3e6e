/** Finds ramps, contracts and pages by what is typed. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { contractsQuery, newestRampsQuery } from '../api/queries.ts'
import { Dialog } from '../part/dialog.tsx'
import { inputLook } from '../part/field.tsx'
import { Mark } from '../part/tone.tsx'
import { type Found, findAmong, type Place } from './find-among.ts'
import { SECTIONS } from './sections.ts'

/** The dialog in which something is found. */
export function Finder({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [text, setText] = useState('')
  const [place, setPlace] = useState(0)
  const found = useFound(text)
  const go = useGo(onClose)
  const press = (event: KeyboardEvent): void => {
    const chosen = found[place]
    if (event.key === 'Enter' && chosen !== undefined) go(chosen.place)
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
            onClick={() => go(item.place)}
          >
            {item.tone === undefined ? null : <Mark tone={item.tone} />}
            <span className="truncate font-medium">{item.title}</span>
            <span className="ml-auto truncate text-muted text-xs">{item.aside}</span>
          </button>
        ))}
        {found.length === 0 ? (
          <p className="p-2 text-muted">
            Nothing is called so among contracts, the newest ramps and pages.
          </p>
        ) : null}
      </div>
    </Dialog>
  )
}

function useFound(text: string): readonly Found[] {
  const ramps = useQuery(newestRampsQuery).data?.ramps ?? []
  const contracts = useQuery(contractsQuery).data?.contracts ?? []
  return findAmong(text, { pages: SECTIONS, contracts, ramps })
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
