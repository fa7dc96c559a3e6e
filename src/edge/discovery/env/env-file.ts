/** Keeps the block of a `.env` file, or of a shell's file of exports, as the endpoints are. */
import type { Endpoint, Endpoints } from '../../../seams/endpoints.ts'
import { FileExport } from '../export/file-export.ts'
import { type FilePlace, replaceFile } from '../export/replace-file.ts'
import { replaceBlock } from './managed-block.ts'
import {
  printVariables,
  type VariableScope,
  type VariableStyle,
  variablesOf,
} from './print-variables.ts'

/** Which block, and what is in it. */
export interface EnvBlock extends FilePlace, VariableScope {
  /** @default dotenv */
  readonly style?: VariableStyle
  /** Its name, where one file has several. @default ports */
  readonly block?: string
}

/** Writes the block once. @throws export-refused */
export async function writeEnvBlock(
  block: EnvBlock,
  endpoints: readonly Endpoint[],
): Promise<void> {
  const lines = printVariables(variablesOf(endpoints, block), block.style ?? 'dotenv')
  await replaceFile(block, (before) => replaceBlock(before, lines, placeOf(block)))
}

/** Takes the block away, and the file with it when it was made for it. @throws export-refused */
export async function removeEnvBlock(block: EnvBlock): Promise<void> {
  await replaceFile(block, (before) => replaceBlock(before, undefined, placeOf(block)))
}

/** Writes the block now and after every change, until it is closed. */
export function followEnvBlock(
  block: EnvBlock,
  parts: { readonly endpoints: Endpoints; readonly onTrouble: (error: unknown) => void },
): FileExport {
  return new FileExport({ ...parts, write: (endpoints) => writeEnvBlock(block, endpoints) })
}

function placeOf({ path, block }: EnvBlock) {
  return { path, ...(block === undefined ? {} : { name: block }) }
}
