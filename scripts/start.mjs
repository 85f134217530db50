// `npm start`: builds what changed, then becomes the engine, in this same process, so that signals reach it.
import { build } from './build.mjs'

process.setSourceMapsEnabled(true)
await build()
await import('../dist/engine/main.js')
