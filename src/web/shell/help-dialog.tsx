/** The keys, told. */
import type { ReactNode } from 'react'
import { Dialog } from '../part/dialog.tsx'
import { Key } from '../part/short-text.tsx'
import { SECTIONS } from './sections.ts'

/** Shows every key. */
export function HelpDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const others: readonly (readonly [readonly string[], string])[] = [
    [['/'], 'Find a ramp, a contract or a page'],
    [['j'], 'Next row'],
    [['k'], 'Row before'],
    [['Enter'], 'Open the row'],
    [['Esc'], 'Close a dialog'],
    [['?'], 'These keys'],
  ]
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="grid grid-cols-1 gap-x-8 gap-y-2 sm:grid-cols-2">
        {SECTIONS.map(({ key, title }) => (
          <KeyRow key={key} keys={['g', key]} does={title} />
        ))}
        {others.map(([keys, does]) => (
          <KeyRow key={does} keys={keys} does={does} />
        ))}
      </dl>
    </Dialog>
  )
}

function KeyRow(props: { readonly keys: readonly string[]; readonly does: string }): ReactNode {
  return (
    <div className="flex items-center justify-between gap-3">
      <dt className="text-muted">{props.does}</dt>
      <dd className="flex gap-1">
        {props.keys.map((key) => (
          <Key key={key}>{key}</Key>
        ))}
      </dd>
    </div>
  )
}
