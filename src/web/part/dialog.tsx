/**
 * Dialogs, on the browser's own: it keeps the focus inside, makes the rest of the page inert, closes on
 * Escape and gives the focus back.
 */
import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Button } from './button.tsx'

/** A dialog that is open for as long as it is drawn. */
export function Dialog(props: {
  readonly title: string
  readonly onClose: () => void
  readonly width?: string
  readonly children: ReactNode
}): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const element = dialog.current
    if (element?.open === false) element.showModal()
    // The browser would begin with the button that closes it.
    element?.querySelector<HTMLElement>('[data-begin]')?.focus()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      onClose={props.onClose}
      onCancel={props.onClose}
      className="w-[min(34rem,calc(100vw-2rem))] rounded-xl border border-line bg-panel p-0 shadow-2xl"
      style={props.width === undefined ? undefined : { width: props.width }}
    >
      <div className="flex items-center justify-between gap-4 border-line border-b px-5 py-3">
        <h2 id={heading} className="font-semibold text-base">
          {props.title}
        </h2>
        <Button
          weight="quiet"
          aria-label="Close"
          className="-mr-2 w-8 px-0"
          onClick={props.onClose}
        >
          <X aria-hidden="true" size={16} />
        </Button>
      </div>
      <div className="px-5 py-4">{props.children}</div>
    </dialog>
  )
}
