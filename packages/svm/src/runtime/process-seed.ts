/** A number that only this process knows: who chooses keys cannot choose keys that collide. Nothing but time may depend on it. */
export const processSeed: number = crypto.getRandomValues(new Uint32Array(1))[0] as number;
