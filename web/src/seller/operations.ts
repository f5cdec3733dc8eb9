// Made by `npm run operations -w web` from the `.graphql` files and the schema; not edited by hand.
// biome-ignore-all format: generated
import type { Operation } from '../client/operation.ts';
import type { AccountKind, Language, OrderStatus } from '../client/schema.ts';
import type { OrderCard, OrderDetail } from '../order/operations.ts';

export type ApprovalCard = {
  priceAcceptedAt: string | null;
  order: OrderCard & {
    price: {
      id: string;
      totalMinor: number;
      currency: string;
    } | null;
    account: {
      id: string;
      name: string;
    };
  };
};

export type ApprovalQueueData = {
  approvalQueue: {
    nodes: (ApprovalCard)[];
    pageInfo: {
      hasNextPage: boolean;
      endCursor: string | null;
    };
  } | null;
};

export type ApprovalQueueVariables = {
  first: number;
  after?: string | null;
};

export const ApprovalQueue: Operation<ApprovalQueueData, ApprovalQueueVariables> = {
  kind: 'query',
  name: 'ApprovalQueue',
  text: `query ApprovalQueue($first: Int!, $after: String) {
  approvalQueue(first: $first, after: $after) {
    nodes {
      ...ApprovalCard
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

fragment ApprovalCard on Approval {
  priceAcceptedAt
  order {
    ...OrderCard
    price {
      id
      totalMinor
      currency
    }
    account {
      id
      name
    }
  }
}

fragment OrderCard on Order {
  id
  number
  status
  version
  channel
  quantity
  alloy
  finish
  createdAt
  promisedAt
  model {
    id
    filename
  }
}`,
};

export type OrdersWithStatusData = {
  orders: {
    nodes: (OrderCard & {
      account: {
        id: string;
        name: string;
      };
      price: {
        id: string;
        totalMinor: number;
        currency: string;
      } | null;
    })[];
    pageInfo: {
      hasNextPage: boolean;
      endCursor: string | null;
    };
  };
};

export type OrdersWithStatusVariables = {
  status: (OrderStatus)[];
  first: number;
  after?: string | null;
};

export const OrdersWithStatus: Operation<OrdersWithStatusData, OrdersWithStatusVariables> = {
  kind: 'query',
  name: 'OrdersWithStatus',
  text: `query OrdersWithStatus($status: [OrderStatus!]!, $first: Int!, $after: String) {
  orders(first: $first, after: $after, filter: {status: $status}) {
    nodes {
      ...OrderCard
      account {
        id
        name
      }
      price {
        id
        totalMinor
        currency
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

fragment OrderCard on Order {
  id
  number
  status
  version
  channel
  quantity
  alloy
  finish
  createdAt
  promisedAt
  model {
    id
    filename
  }
}`,
};

export type SellerOrderData = {
  order: OrderDetail & {
    account: {
      id: string;
      name: string;
      kind: AccountKind;
    };
  } | null;
};

export type SellerOrderVariables = {
  id: string;
  language: Language;
};

export const SellerOrder: Operation<SellerOrderData, SellerOrderVariables> = {
  kind: 'query',
  name: 'SellerOrder',
  text: `query SellerOrder($id: ID!, $language: Language!) {
  order(id: $id) {
    ...OrderDetail
    account {
      id
      name
      kind
    }
  }
}

fragment OrderDetail on Order {
  ...OrderCard
  holder
  model {
    bytes
    downloadUrl
  }
  pricing {
    ...PricingState
  }
  price {
    ...PriceDetails
  }
  approval {
    priceAcceptedAt
    priceRejectedAt
    priceRejectedReason
    approvedAt
    closedAt
  }
  trackingNumber
  history {
    ...Move
  }
  delivery {
    arrivesAt
    late
  }
  timeline {
    ...Stay
  }
}

fragment OrderCard on Order {
  id
  number
  status
  version
  channel
  quantity
  alloy
  finish
  createdAt
  promisedAt
  model {
    id
    filename
  }
}

fragment PricingState on Pricing {
  stage
  progress
  reason(language: $language)
  queuePosition
  etaSeconds
}

fragment PriceDetails on Price {
  id
  currency
  quantity
  unitMinor
  totalMinor
  vatMinor
  estimate {
    lowestMinor
    highestMinor
  }
  tariffVersion
  calculatedAt
  lines {
    code
    label(language: $language)
    explanation(language: $language)
    amountMinor
  }
  geometry {
    triangles
    volumeMm3
    areaMm2
    boundingBoxMm
    watertight
    shells
    minWallMm
    wallLimitMm
    thinAreaShare
  }
  print {
    heightMm
    layers
    seconds
  }
  metal {
    alloy
    castGrams
    finishedGrams
  }
  manufacturability {
    code
    severity
    message(language: $language)
  }
}

fragment Move on OrderMove {
  version
  from
  to
  at
  by
  system
  durationSeconds
  cause
}

fragment Stay on Stay {
  from
  delaySeconds
}`,
};

export type FloorMovedData = {
  dashboard: {
    id: string;
    asOf: string;
  };
};

export type FloorMovedVariables = Record<string, never>;

export const FloorMoved: Operation<FloorMovedData, FloorMovedVariables> = {
  kind: 'subscription',
  name: 'FloorMoved',
  text: `subscription FloorMoved {
  dashboard {
    id
    asOf
  }
}`,
};

export type ApproveOrderData = {
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

export type ApproveOrderVariables = {
  id: string;
};

export const ApproveOrder: Operation<ApproveOrderData, ApproveOrderVariables> = {
  kind: 'mutation',
  name: 'ApproveOrder',
  text: `mutation ApproveOrder($id: ID!) {
  result: approveOrder(id: $id) {
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

export type CloseOrderData = {
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

export type CloseOrderVariables = {
  id: string;
};

export const CloseOrder: Operation<CloseOrderData, CloseOrderVariables> = {
  kind: 'mutation',
  name: 'CloseOrder',
  text: `mutation CloseOrder($id: ID!) {
  result: closeOrder(id: $id) {
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

export type HoldOrderData = {
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

export type HoldOrderVariables = {
  id: string;
  reason?: string | null;
};

export const HoldOrder: Operation<HoldOrderData, HoldOrderVariables> = {
  kind: 'mutation',
  name: 'HoldOrder',
  text: `mutation HoldOrder($id: ID!, $reason: String) {
  result: holdOrder(id: $id, reason: $reason) {
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

export type ResumeOrderData = {
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

export type ResumeOrderVariables = {
  id: string;
};

export const ResumeOrder: Operation<ResumeOrderData, ResumeOrderVariables> = {
  kind: 'mutation',
  name: 'ResumeOrder',
  text: `mutation ResumeOrder($id: ID!) {
  result: resumeOrder(id: $id) {
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

export type PriceAcceptedData = {
  priceAccepted: {
    order: {
      id: string;
    };
  };
};

export type PriceAcceptedVariables = Record<string, never>;

export const PriceAccepted: Operation<PriceAcceptedData, PriceAcceptedVariables> = {
  kind: 'subscription',
  name: 'PriceAccepted',
  text: `subscription PriceAccepted {
  priceAccepted {
    order {
      id
    }
  }
}`,
};
