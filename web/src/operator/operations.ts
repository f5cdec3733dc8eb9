// Made by `npm run operations -w web` from the `.graphql` files and the schema; not edited by hand.
// biome-ignore-all format: generated
import type { Operation } from '../client/operation.ts';
import type { Channel, Hop, OrderStatus, System, WaitReason, WatchAction } from '../client/schema.ts';

export type WorkCard = {
  id: string;
  status: OrderStatus;
  createdAt: string;
  takenAt: string | null;
  completedAt: string | null;
  packedAt: string | null;
  shippedAt: string | null;
  trackingNumber: string | null;
  promisedAt: string | null;
  operator: {
    id: string;
    name: string;
  } | null;
  order: {
    id: string;
    number: string;
    channel: Channel;
    quantity: number;
    alloy: string;
    finish: string;
    model: {
      id: string;
      filename: string;
      downloadUrl: string | null;
    };
  };
};

export type DashboardState = {
  id: string;
  ordersByStatus: ({
    status: OrderStatus;
    count: number;
  })[];
  queues: ({
    name: string;
    waiting: number;
    inProgress: number;
    oldestSeconds: number | null;
  })[];
  oldestWaiting: {
    id: string;
    order: {
      id: string;
      number: string;
    };
  } | null;
  oldestWaitingSeconds: number | null;
  pricingP50Seconds: number | null;
  pricingP95Seconds: number | null;
  atRisk: number;
  lateRisk: number | null;
  asOf: string;
};

export type CurrentDashboardData = {
  dashboard: DashboardState | null;
};

export type CurrentDashboardVariables = Record<string, never>;

export const CurrentDashboard: Operation<CurrentDashboardData, CurrentDashboardVariables> = {
  kind: 'query',
  name: 'CurrentDashboard',
  text: `query CurrentDashboard {
  dashboard {
    ...DashboardState
  }
}

fragment DashboardState on Dashboard {
  id
  ordersByStatus {
    status
    count
  }
  queues {
    name
    waiting
    inProgress
    oldestSeconds
  }
  oldestWaiting {
    id
    order {
      id
      number
    }
  }
  oldestWaitingSeconds
  pricingP50Seconds
  pricingP95Seconds
  atRisk
  lateRisk
  asOf
}`,
};

export type LiveDashboardData = {
  dashboard: DashboardState;
};

export type LiveDashboardVariables = Record<string, never>;

export const LiveDashboard: Operation<LiveDashboardData, LiveDashboardVariables> = {
  kind: 'subscription',
  name: 'LiveDashboard',
  text: `subscription LiveDashboard {
  dashboard {
    ...DashboardState
  }
}

fragment DashboardState on Dashboard {
  id
  ordersByStatus {
    status
    count
  }
  queues {
    name
    waiting
    inProgress
    oldestSeconds
  }
  oldestWaiting {
    id
    order {
      id
      number
    }
  }
  oldestWaitingSeconds
  pricingP50Seconds
  pricingP95Seconds
  atRisk
  lateRisk
  asOf
}`,
};

export type WorkQueueData = {
  workQueue: {
    nodes: (WorkCard)[];
    pageInfo: {
      hasNextPage: boolean;
      endCursor: string | null;
    };
  } | null;
};

export type WorkQueueVariables = {
  first: number;
  after?: string | null;
  status?: OrderStatus | null;
};

export const WorkQueue: Operation<WorkQueueData, WorkQueueVariables> = {
  kind: 'query',
  name: 'WorkQueue',
  text: `query WorkQueue($first: Int!, $after: String, $status: OrderStatus) {
  workQueue(first: $first, after: $after, status: $status) {
    nodes {
      ...WorkCard
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

fragment WorkCard on WorkOrder {
  id
  status
  createdAt
  takenAt
  completedAt
  packedAt
  shippedAt
  trackingNumber
  promisedAt
  operator {
    id
    name
  }
  order {
    id
    number
    channel
    quantity
    alloy
    finish
    model {
      id
      filename
      downloadUrl
    }
  }
}`,
};

export type MyWorkData = {
  myWork: {
    nodes: (WorkCard)[];
    pageInfo: {
      hasNextPage: boolean;
      endCursor: string | null;
    };
  } | null;
};

export type MyWorkVariables = {
  first: number;
  after?: string | null;
};

export const MyWork: Operation<MyWorkData, MyWorkVariables> = {
  kind: 'query',
  name: 'MyWork',
  text: `query MyWork($first: Int!, $after: String) {
  myWork(first: $first, after: $after) {
    nodes {
      ...WorkCard
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

fragment WorkCard on WorkOrder {
  id
  status
  createdAt
  takenAt
  completedAt
  packedAt
  shippedAt
  trackingNumber
  promisedAt
  operator {
    id
    name
  }
  order {
    id
    number
    channel
    quantity
    alloy
    finish
    model {
      id
      filename
      downloadUrl
    }
  }
}`,
};

export type TakeOrderData = {
  result: ({
    __typename: 'Order';
    id: string;
    status: OrderStatus;
    version: number;
  }) | ({
    __typename: 'Refusal';
    code: string;
    message: string;
  });
};

export type TakeOrderVariables = {
  id: string;
};

export const TakeOrder: Operation<TakeOrderData, TakeOrderVariables> = {
  kind: 'mutation',
  name: 'TakeOrder',
  text: `mutation TakeOrder($id: ID!) {
  result: takeOrder(id: $id) {
    __typename
    ... on Order {
      id
      status
      version
    }
    ... on Refusal {
      code
      message
    }
  }
}`,
};

export type ReleaseOrderData = {
  result: ({
    __typename: 'Order';
    id: string;
    status: OrderStatus;
    version: number;
  }) | ({
    __typename: 'Refusal';
    code: string;
    message: string;
  });
};

export type ReleaseOrderVariables = {
  id: string;
};

export const ReleaseOrder: Operation<ReleaseOrderData, ReleaseOrderVariables> = {
  kind: 'mutation',
  name: 'ReleaseOrder',
  text: `mutation ReleaseOrder($id: ID!) {
  result: releaseOrder(id: $id) {
    __typename
    ... on Order {
      id
      status
      version
    }
    ... on Refusal {
      code
      message
    }
  }
}`,
};

export type CompleteOrderData = {
  result: ({
    __typename: 'Order';
    id: string;
    status: OrderStatus;
    version: number;
  }) | ({
    __typename: 'Refusal';
    code: string;
    message: string;
  });
};

export type CompleteOrderVariables = {
  id: string;
};

export const CompleteOrder: Operation<CompleteOrderData, CompleteOrderVariables> = {
  kind: 'mutation',
  name: 'CompleteOrder',
  text: `mutation CompleteOrder($id: ID!) {
  result: completeOrder(id: $id) {
    __typename
    ... on Order {
      id
      status
      version
    }
    ... on Refusal {
      code
      message
    }
  }
}`,
};

export type PackOrderData = {
  result: ({
    __typename: 'Order';
    id: string;
    status: OrderStatus;
    version: number;
  }) | ({
    __typename: 'Refusal';
    code: string;
    message: string;
  });
};

export type PackOrderVariables = {
  id: string;
};

export const PackOrder: Operation<PackOrderData, PackOrderVariables> = {
  kind: 'mutation',
  name: 'PackOrder',
  text: `mutation PackOrder($id: ID!) {
  result: packOrder(id: $id) {
    __typename
    ... on Order {
      id
      status
      version
    }
    ... on Refusal {
      code
      message
    }
  }
}`,
};

export type ShipOrderData = {
  result: ({
    __typename: 'Order';
    id: string;
    status: OrderStatus;
    version: number;
  }) | ({
    __typename: 'Refusal';
    code: string;
    message: string;
  });
};

export type ShipOrderVariables = {
  id: string;
  trackingNumber: string;
};

export const ShipOrder: Operation<ShipOrderData, ShipOrderVariables> = {
  kind: 'mutation',
  name: 'ShipOrder',
  text: `mutation ShipOrder($id: ID!, $trackingNumber: String!) {
  result: shipOrder(id: $id, trackingNumber: $trackingNumber) {
    __typename
    ... on Order {
      id
      status
      version
    }
    ... on Refusal {
      code
      message
    }
  }
}`,
};

export type ReworkOrderData = {
  result: ({
    __typename: 'Order';
    id: string;
    status: OrderStatus;
    version: number;
  }) | ({
    __typename: 'Refusal';
    code: string;
    message: string;
  });
};

export type ReworkOrderVariables = {
  id: string;
  reason?: string | null;
};

export const ReworkOrder: Operation<ReworkOrderData, ReworkOrderVariables> = {
  kind: 'mutation',
  name: 'ReworkOrder',
  text: `mutation ReworkOrder($id: ID!, $reason: String) {
  result: reworkOrder(id: $id, reason: $reason) {
    __typename
    ... on Order {
      id
      status
      version
    }
    ... on Refusal {
      code
      message
    }
  }
}`,
};

export type StuckCard = {
  order: {
    id: string;
    number: string;
  };
  status: OrderStatus;
  channel: Channel;
  since: string;
  limitSeconds: number;
  overSeconds: number;
  waitingFor: {
    hop: Hop;
    reason: WaitReason;
    system: System;
    who: string | null;
  };
  retries: number;
  lastAction: WatchAction | null;
  lastActionAt: string | null;
};

export type StuckOrdersData = {
  stuckOrders: {
    totalCount: number;
    nodes: (StuckCard)[];
    pageInfo: {
      hasNextPage: boolean;
      endCursor: string | null;
    };
  } | null;
};

export type StuckOrdersVariables = {
  first: number;
  after?: string | null;
};

export const StuckOrders: Operation<StuckOrdersData, StuckOrdersVariables> = {
  kind: 'query',
  name: 'StuckOrders',
  text: `query StuckOrders($first: Int!, $after: String) {
  stuckOrders(first: $first, after: $after) {
    totalCount
    nodes {
      ...StuckCard
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

fragment StuckCard on StuckOrder {
  order {
    id
    number
  }
  status
  channel
  since
  limitSeconds
  overSeconds
  waitingFor {
    hop
    reason
    system
    who
  }
  retries
  lastAction
  lastActionAt
}`,
};
