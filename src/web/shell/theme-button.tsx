/** Light, dark, or as the system has it. */
import { Monitor, Moon, Sun } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Button } from '../part/button.tsx'

type Theme = 'system' | 'light' | 'dark'

const PLACE = 'rampart.theme'
const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' }
const ICONS = { system: Monitor, light: Sun, dark: Moon }

/** Goes from one theme to the next. */
export function ThemeButton(): ReactNode {
  const [theme, setTheme] = useState<Theme>(keptTheme)
  const Icon = ICONS[theme]
  const next = NEXT[theme]
  const change = (): void => {
    setTheme(next)
    if (next === 'system') {
      localStorage.removeItem(PLACE)
      delete document.documentElement.dataset['theme']
      return
    }
    localStorage.setItem(PLACE, next)
    document.documentElement.dataset['theme'] = next
  }
  return (
    <Button
      weight="quiet"
      className="w-8 px-0"
      aria-label={`Theme: ${theme}. Change to ${next}`}
      title={`Theme: ${theme}`}
      onClick={change}
    >
      <Icon aria-hidden="true" size={15} />
    </Button>
  )
}

function keptTheme(): Theme {
  const kept = localStorage.getItem(PLACE)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}
