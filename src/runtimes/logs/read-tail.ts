/** Reads the last lines of files without reading the whole of them. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const PIECE = 64 * 1024
const NEWLINE = 0x0a

/**
 * The last lines of a file, without their line ends; an unfinished last line counts.
 *
 * @returns empty when there is no such file
 */
export function readTail(path: string, linesMax: number, bytesMax: number): readonly string[] {
  const file = openIfThere(path)
  if (file === undefined) return []
  try {
    const { size } = fstatSync(file)
    const least = Math.max(0, size - bytesMax)
    let bytes: Buffer = Buffer.alloc(0)
    let start = size
    while (start > least && countLines(bytes) <= linesMax) {
      const length = Math.min(PIECE, start - least)
      const piece = Buffer.alloc(length)
      start -= length
      const got = readSync(file, piece, 0, length, start)
      bytes = Buffer.concat([piece.subarray(0, got), bytes])
    }
    return cut(bytes, linesMax, start > 0)
  } finally {
    closeSync(file)
  }
}

function cut(bytes: Buffer, linesMax: number, isCutOff: boolean): readonly string[] {
  const lines = bytes.toString('utf8').split('\n')
  if (lines.at(-1) === '') lines.pop()
  // The first piece may begin in the middle of a line; alone, half a line is better than none.
  if (isCutOff && lines.length > 1) lines.shift()
  return linesMax === 0 ? [] : lines.slice(-linesMax)
}

function countLines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
