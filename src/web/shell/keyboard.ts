/** Keys that work everywhere: `g` and a letter, `/`, `j` and `k`, `?`. Never while something is typed. */
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { SECTIONS } from './sections.ts'

/** How long after `g` its letter counts. @unit ms */
const CHORD_MS = 1_500

/** Listens to the keys. */
export function useKeyboard(on: {
  readonly onHelp: () => void
  readonly onFind: () => void
}): void {
  const navigate = useNavigate()
  const latest = useRef({ ...on, navigate })
  latest.current = { ...on, navigate }
  // Listened to once: what is drawn anew between two keys must not forget the first of them.
  useEffect(() => {
    let chordUntil = 0
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (document.querySelector('dialog[open]') !== null) return
      if (event.timeStamp < chordUntil) {
        chordUntil = 0
        const section = SECTIONS.find(({ key }) => key === event.key)
        if (section === undefined) return
        event.preventDefault()
        void latest.current.navigate({ to: section.to })
        return
      }
      if (event.key === 'g') chordUntil = event.timeStamp + CHORD_MS
      else if (event.key === '?') latest.current.onHelp()
      else if (event.key === '/') {
        event.preventDefault()
        latest.current.onFind()
      } else if (event.key === 'j') moveRow(1)
      else if (event.key === 'k') moveRow(-1)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
}

/** Moves the focus among what is marked as a row. */
function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')]
  const here = rows.findIndex((row) => row.contains(document.activeElement))
  const next = rows[here < 0 ? (step === 1 ? 0 : rows.length - 1) : here + step]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select'))
  )
}
