/** Fields of forms, each with its label and what is wrong with it. */
import { type ComponentProps, type ReactNode, useId } from 'react'

/** The classes of what is typed into. */
export const inputLook =
  'h-8 w-full rounded-md border border-firm bg-panel px-2.5 text-[0.8125rem] placeholder:text-muted'

/** A line to type into. What is wrong with it, and how it is written, are read out after its label. */
export function TextField(
  props: ComponentProps<'input'> & {
    readonly label: string
    readonly hint?: string
    /** What was expected instead of what stands there; absent: nothing is wrong. */
    readonly complaint?: string | undefined
  },
): ReactNode {
  const { label, hint, complaint, ...rest } = props
  const id = useId()
  const told = [
    complaint === undefined ? '' : `${id}-wrong`,
    hint === undefined ? '' : `${id}-hint`,
  ]
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium text-[0.8125rem]">
        {label}
      </label>
      <input
        type="text"
        {...rest}
        id={id}
        aria-invalid={complaint !== undefined}
        aria-describedby={told.join(' ').trim() || undefined}
        className={`${inputLook} aria-invalid:border-bad`}
      />
      {complaint === undefined ? null : (
        <span id={`${id}-wrong`} className="break-words text-bad text-xs">
          {complaint}
        </span>
      )}
      {hint === undefined ? null : (
        <span id={`${id}-hint`} className="text-muted text-xs">
          {hint}
        </span>
      )}
    </div>
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
