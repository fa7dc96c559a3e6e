/** Fields of forms, each with its label and what is wrong with it. */
import type { ComponentProps, ReactNode } from 'react'

/** The classes of what is typed into. */
export const inputLook =
  'h-8 w-full rounded-md border border-firm bg-panel px-2.5 text-[0.8125rem] placeholder:text-muted'

/** A line to type into. */
export function TextField(
  props: ComponentProps<'input'> & { readonly label: string; readonly hint?: string },
): ReactNode {
  const { label, hint, ...rest } = props
  return (
    <label className="flex flex-col gap-1">
      <span className="font-medium text-[0.8125rem]">{label}</span>
      <input type="text" {...rest} className={inputLook} />
      {hint === undefined ? null : <span className="text-muted text-xs">{hint}</span>}
    </label>
  )
}

/** A line to look for something in what is shown; its label is only read out. */
export function SearchField(props: {
  readonly label: string
  readonly placeholder: string
  readonly value: string
  readonly onChange: (text: string) => void
}): ReactNode {
  const { label, placeholder, value, onChange } = props
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={placeholder}
      className={`${inputLook} max-w-xs`}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

/** A choice of a few. */
export function SelectField(
  props: ComponentProps<'select'> & {
    readonly label: string
    readonly options: readonly { readonly value: string; readonly text: string }[]
    readonly isLabelHidden?: boolean
  },
): ReactNode {
  const { label, options, isLabelHidden = false, ...rest } = props
  return (
    <label className="flex flex-col gap-1">
      <span className={isLabelHidden ? 'sr-only' : 'font-medium text-[0.8125rem]'}>{label}</span>
      <select {...rest} className={inputLook}>
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}
