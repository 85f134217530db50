// A part of the engine measured by itself, in this process: the same operation by several builds.
export interface Operation {
  /** `build/operation/size`: with the layer's name before it the figure's id. */
  readonly id: string
  /** Once; everything it needs is there already. */
  readonly work: () => void
}

export interface Layer {
  readonly name: string
  /** Checked: where builds must give the same, they do. Throws otherwise. */
  operations(): readonly Operation[]
}
