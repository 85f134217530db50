// placeholder
export const page = () => ''
