/**
 * A long list of rows of one height, of which only those in sight are drawn. It scrolls with the page, so
 * that there is one scroll bar and the browser's own keys work.
 */
import { type ReactNode, useEffect, useRef, useState } from 'react'

/** Rows drawn above and below what is in sight, so that scrolling shows no gaps. */
const MARGIN_ROWS = 12

/** Draws what is in sight of a list. */
export function WindowList<Item>(props: {
  readonly items: readonly Item[]
  /** @unit px */
  readonly rowHeight: number
  readonly label: string
  readonly keyOf: (item: Item) => string
  readonly children: (item: Item) => ReactNode
  /** Called when the end comes near. */
  readonly onEnd?: (() => void) | undefined
}): ReactNode {
  const { items, rowHeight, keyOf, children, onEnd } = props
  const list = useRef<HTMLUListElement>(null)
  const [range, setRange] = useState({ from: 0, to: 40 })
  useEffect(() => {
    let frame = 0
    const look = (): void => {
      frame = 0
      const top = list.current?.getBoundingClientRect().top ?? 0
      const from = Math.max(0, Math.floor(-top / rowHeight) - MARGIN_ROWS)
      const to = Math.ceil((window.innerHeight - top) / rowHeight) + MARGIN_ROWS
      setRange((old) => (old.from === from && old.to === to ? old : { from, to }))
    }
    const lookSoon = (): void => {
      if (frame === 0) frame = window.requestAnimationFrame(look)
    }
    look()
    window.addEventListener('scroll', lookSoon, { passive: true })
    window.addEventListener('resize', lookSoon)
    return () => {
      window.cancelAnimationFrame(frame)
      window.removeEventListener('scroll', lookSoon)
      window.removeEventListener('resize', lookSoon)
    }
  }, [rowHeight])
  const isNearEnd = range.to >= items.length
  useEffect(() => {
    if (isNearEnd) onEnd?.()
  }, [isNearEnd, onEnd])
  return (
    <ul
      ref={list}
      aria-label={props.label}
      className="relative"
      style={{ height: items.length * rowHeight }}
    >
      {items.slice(range.from, range.to).map((item, index) => (
        <li
          key={keyOf(item)}
          aria-setsize={items.length}
          aria-posinset={range.from + index + 1}
          className="absolute inset-x-0"
          style={{ top: (range.from + index) * rowHeight, height: rowHeight }}
        >
          {children(item)}
        </li>
      ))}
    </ul>
  )
}
