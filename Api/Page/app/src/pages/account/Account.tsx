import { account, type Account as AccountModel } from '../../api';
import { CopyButton } from '../../components/Address';
import { Amount } from '../../components/Amount';
import { Facts } from '../../components/Facts';
import { Empty, Loaded } from '../../components/States';
import { Tabs } from '../../components/Tabs';
import { useQuery } from '../../query';
import { Changes } from './Changes';
import { Operations } from './Operations';
import { Positions } from './Positions';
import { ValueChart } from './ValueChart';

/** What one coldkey has, what it did, and why what it has changed. */
export function Account({ address }: { address: string }) {
  const query = useQuery(`account ${address}`, (signal) => account(address, signal), true);
  return (
    <>
      <div class="title"><h1>Account</h1></div>
      <Loaded query={query} what="the account">{(one) => one ? <Found one={one} /> : <section class="panel"><Empty>The ledger has never heard of {address}. On a development network the <a href="/swap">faucet</a> gives it TAO.</Empty></section>}</Loaded>
    </>
  );
}

function Found({ one }: { one: AccountModel }) {
  return (
    <>
      <div class="title">
        <span class="address">{one.ss58}</span> <CopyButton text={one.ss58} what="the address" />
        <a href={`/swap?from=${encodeURIComponent(one.ss58)}`}>Act for it</a>
        <a href={`/validators/${one.ss58}`}>As a validator</a>
      </div>
      <Facts facts={[
        { label: 'In all', value: <Amount rao={one.total} />, note: 'alpha at the spot prices, which selling it would lower' },
        { label: 'Free', value: <Amount rao={one.free} /> },
        { label: 'Staked', value: <Amount rao={one.staked} /> },
      ]} />
      <ValueChart address={one.ss58} />
      <Tabs label="What to see of this account" tabs={[
        { key: 'positions', label: 'Positions', content: () => <Positions address={one.ss58} /> },
        { key: 'history', label: 'History', content: () => <Operations address={one.ss58} /> },
        { key: 'changes', label: 'Why did it change?', content: () => <Changes address={one.ss58} /> },
      ]} />
    </>
  );
}
