/** Solana's two ports: HTTP on one, WebSocket on the next, where web3.js looks for it. */
import { isTriremeError } from "@trireme/core";
import { createRpcServer, type RpcServer, type RpcServerOptions } from "@trireme/rpc";

/** Where Solana's clients connect. */
export interface SolanaPorts {
  /** `http://host:port` */
  readonly http: string;
  /** `ws://host:port` */
  readonly ws: string;
  close(): Promise<void>;
}

/** Pairs of free ports that are tried where any will do. */
const ATTEMPTS = 20;

/** Opens both; `port` 0 takes a free pair. @throws (rejects) TriremeError `PORT_IN_USE` */
export async function openSolanaPorts(options: RpcServerOptions & { readonly port: number }): Promise<SolanaPorts> {
  for (let attempt = 1; ; attempt++) {
    const http = await createRpcServer(options);
    let socket: RpcServer;
    try {
      socket = await createRpcServer({ ...options, port: http.port + 1 });
    } catch (error) {
      await http.close();
      // The system gave a port whose neighbour is somebody else's.
      if (options.port === 0 && attempt < ATTEMPTS && isTriremeError(error) && error.code === "PORT_IN_USE") continue;
      throw error;
    }
    return {
      http: http.url,
      ws: socket.webSocketUrl,
      close: async () => {
        await Promise.all([http.close(), socket.close()]);
      },
    };
  }
}
