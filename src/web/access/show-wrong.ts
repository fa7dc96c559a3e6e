/** Brings whoever sent a form to what is wrong in it. */
import type { FormEvent } from 'react'
import { flushSync } from 'react-dom'

/** Shows what is wrong, and moves the focus to the first field of it, so that it is read out. */
export function showWrong(event: FormEvent<HTMLFormElement>, show: () => void): void {
  const form = event.currentTarget
  flushSync(show)
  form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
