import { ORDER_MOVES, ORDER_STATUSES, type OrderStatus } from '@alexandrite/schema/order-status';

const text = (value: string) => `'${value}'`;
const texts = (values: readonly string[]) => values.map(text).join(', ');

const legalMoves = ORDER_STATUSES.filter((from) => ORDER_MOVES[from].next.length > 0)
  .map((from) => `when ${text(from)} then new.status in (${texts(ORDER_MOVES[from].next)})`)
  .join('\n    ');

const holders = ORDER_STATUSES.filter((status) => ORDER_MOVES[status].holder !== 'same')
  .map((status: OrderStatus) => `when ${text(status)} then ${text(ORDER_MOVES[status].holder)}`)
  .join('\n    ');

/**
 * What no code can get around: an order moves one version at a time, by the table of legal moves, to the holder that the
 * table names, and from ON_HOLD only back to where it was held. For a migration behind `ordersTableSql`; when the table of
 * moves changes, a new migration makes the function anew (`orderGuardFunctionSql`).
 */
export const orderGuardFunctionSql = `
create or replace function check_order_move() returns trigger language plpgsql as $$
declare
  legal boolean;
  next_holder text;
  back_to text;
begin
  if new.version = old.version then
    if (new.status, new.holder, new.held_from) is distinct from (old.status, old.holder, old.held_from) then
      raise exception 'order % changed from % to % without a new version', old.id, old.status, new.status
        using errcode = 'check_violation', constraint = 'order_move';
    end if;
    return new;
  end if;
  legal := case old.status
    ${legalMoves}
    else false
  end or coalesce(old.status = 'ON_HOLD' and new.status = old.held_from, false);
  if new.version <> old.version + 1 or not legal then
    raise exception 'order % cannot go from % (version %) to % (version %)',
      old.id, old.status, old.version, new.status, new.version
      using errcode = 'check_violation', constraint = 'order_move';
  end if;
  next_holder := case new.status
    ${holders}
    else old.holder
  end;
  if new.holder <> next_holder then
    raise exception 'order % would be held by % in %, not by %', old.id, next_holder, new.status, new.holder
      using errcode = 'check_violation', constraint = 'order_holder';
  end if;
  back_to := case when new.status = 'ON_HOLD' then old.status end;
  if new.held_from is distinct from back_to then
    raise exception 'order % is to go back to %, not to %', old.id, back_to, new.held_from
      using errcode = 'check_violation', constraint = 'order_held_from';
  end if;
  return new;
end $$;`;

export const orderGuardSql = `
${orderGuardFunctionSql}
create trigger check_move before update on orders for each row execute function check_order_move();`;
