// OrderSaga.Host with its own virtual host and data directory: all services in one process, on RabbitMQ.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const name = `node-${process.pid}-${Date.now()}`;

export async function start(broker) {
  await manage(broker, 'PUT', `vhosts/${name}`);
  const outside = addUser(broker);
  const data = mkdtempSync(join(tmpdir(), 'bus-node-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  const service = spawn('dotnet', [assembly(), '--urls', url, '--data', data], {
    env: { ...process.env, Transport__Mode: 'RabbitMq', Transport__Url: amqp(broker), Database__Mode: 'Sqlite', Bus__Users: `${name}=demo` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  service.stdout.on('data', text => (log += text));
  service.stderr.on('data', text => (log += text));
  const gone = new Promise(resolve => service.once('exit', resolve));
  const stop = async () => {
    service.kill('SIGKILL');
    await gone;
    await manage(broker, 'DELETE', `vhosts/${name}`);
    await manage(broker, 'DELETE', `users/${name}`);
    rmSync(data, { recursive: true, force: true });
  };

  try {
    // The welcome is printed last, when the demo catalogue exists.
    await until(60_000, `the service is ready; it said:\n${log}`, async () => {
      if (service.exitCode !== null) throw new Error(`The service ended:\n${log}`);
      return log.includes('OrderSaga is running') && (await health(url)) === 'ready';
    });
  } catch (failure) {
    await stop();
    throw new Error(`${failure.message}\n${log}`);
  }

  return { amqp: outside, user: name, stop };
}

const amqp = broker => `${broker.replace(/\/+$/, '')}/${name}`;

// The latest build.
function assembly() {
  const built = ['Release', 'Debug']
    .map(configuration => join(root, 'OrderSaga.Host', 'bin', configuration, 'net10.0', 'OrderSaga.Host.dll'))
    .filter(existsSync)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (built.length === 0) throw new Error('Build first: dotnet build OrderSaga.Host');
  return built[0];
}

async function health(url) {
  try {
    return (await (await fetch(`${url}/health/ready`)).json()).status;
  } catch {
    return 'away';
  }
}

// An outside system's user, which scripts/broker-user makes.
function addUser(broker) {
  const { hostname, username, password } = new URL(broker);
  const own = randomBytes(16).toString('hex');
  const api = `http://${username}:${password}@${hostname}:15672`;
  execFileSync(join(root, 'scripts', 'broker-user'), [name], {
    env: { ...process.env, BROKER_API: api, BROKER_VHOST: name, BROKER_PASSWORD: own },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return amqp(broker).replace(`${username}:${password}`, `${name}:${own}`);
}

async function manage(broker, method, path) {
  const { hostname, username, password } = new URL(broker);
  const answer = await fetch(`http://${hostname}:15672/api/${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
}

function freePort() {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export async function until(milliseconds, what, holds) {
  const deadline = Date.now() + milliseconds;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`After ${milliseconds} ms it still did not hold: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
