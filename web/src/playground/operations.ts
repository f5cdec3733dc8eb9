// Made by `npm run operations -w web` from the `.graphql` files and the schema; not edited by hand.
// biome-ignore-all format: generated
import type { Operation } from '../client/operation.ts';
import type { AccountKind, OrderStatus, PricingStage, Role, System } from '../client/schema.ts';

export type WhoAmIData = {
  me: {
    id: string;
    role: Role;
    name: string;
  } | null;
  budget: {
    maximumAvailable: number;
    currentlyAvailable: number;
    restoreRate: number;
  } | null;
  catalogue: {
    tariffVersion: string;
    alloys: ({
      code: string;
      label: string;
    })[];
    finishes: ({
      code: string;
      label: string;
    })[];
  };
};

export type WhoAmIVariables = Record<string, never>;

export const WhoAmI: Operation<WhoAmIData, WhoAmIVariables> = {
  kind: 'query',
  name: 'WhoAmI',
  text: `query WhoAmI {
  me {
    id
    role
    name
  }
  budget {
    maximumAvailable
    currentlyAvailable
    restoreRate
  }
  catalogue {
    tariffVersion
    alloys {
      code
      label
    }
    finishes {
      code
      label
    }
  }
}`,
};

export type CustomerOrdersData = {
  orders: {
    nodes: ({
      id: string;
      number: string;
      status: OrderStatus;
      version: number;
      pricing: {
        stage: PricingStage;
        progress: number;
        queuePosition: number | null;
        reason: string | null;
      };
      price: {
        totalMinor: number;
        vatMinor: number;
        currency: string;
        lines: ({
          label: string;
          amountMinor: number;
        })[];
      } | null;
      history: ({
        version: number;
        to: OrderStatus;
        at: string;
        by: string;
        system: System;
        duration: string;
      })[];
    })[];
    pageInfo: {
      hasNextPage: boolean;
      endCursor: string | null;
    };
  };
};

export type CustomerOrdersVariables = Record<string, never>;

export const CustomerOrders: Operation<CustomerOrdersData, CustomerOrdersVariables> = {
  kind: 'query',
  name: 'CustomerOrders',
  text: `query CustomerOrders {
  orders(first: 5) {
    nodes {
      id
      number
      status
      version
      pricing {
        stage
        progress
        queuePosition
        reason
      }
      price {
        totalMinor
        vatMinor
        currency
        lines {
          label
          amountMinor
        }
      }
      history {
        version
        to
        at
        by
        system
        duration
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`,
};

export type WatchPriceData = {
  orderPrice: {
    stage: PricingStage;
    progress: number;
    reason: string | null;
    price: {
      totalMinor: number;
      currency: string;
    } | null;
    order: {
      id: string;
      status: OrderStatus;
      version: number;
      pricing: {
        queuePosition: number | null;
      };
    };
  };
};

export type WatchPriceVariables = {
  orderId: string;
};

export const WatchPrice: Operation<WatchPriceData, WatchPriceVariables> = {
  kind: 'subscription',
  name: 'WatchPrice',
  text: `subscription WatchPrice($orderId: ID!) {
  orderPrice(orderId: $orderId) {
    stage
    progress
    reason
    price {
      totalMinor
      currency
    }
    order {
      id
      status
      version
      pricing {
        queuePosition
      }
    }
  }
}`,
};

export type WatchMyOrdersData = {
  myOrders: {
    from: OrderStatus | null;
    to: OrderStatus;
    at: string;
    by: string;
    order: {
      id: string;
      number: string;
      status: OrderStatus;
      version: number;
    };
  };
};

export type WatchMyOrdersVariables = Record<string, never>;

export const WatchMyOrders: Operation<WatchMyOrdersData, WatchMyOrdersVariables> = {
  kind: 'subscription',
  name: 'WatchMyOrders',
  text: `subscription WatchMyOrders {
  myOrders {
    from
    to
    at
    by
    order {
      id
      number
      status
      version
    }
  }
}`,
};

export type SellerQueueData = {
  approvalQueue: {
    nodes: ({
      priceAcceptedAt: string | null;
      order: {
        id: string;
        number: string;
        status: OrderStatus;
        account: {
          name: string;
          kind: AccountKind;
        };
        price: {
          totalMinor: number;
          currency: string;
        } | null;
      };
    })[];
  } | null;
};

export type SellerQueueVariables = Record<string, never>;

export const SellerQueue: Operation<SellerQueueData, SellerQueueVariables> = {
  kind: 'query',
  name: 'SellerQueue',
  text: `query SellerQueue {
  approvalQueue(first: 10) {
    nodes {
      priceAcceptedAt
      order {
        id
        number
        status
        account {
          name
          kind
        }
        price {
          totalMinor
          currency
        }
      }
    }
  }
}`,
};

export type WatchWorkshopData = {
  dashboard: {
    asOf: string;
    atRisk: number;
    oldestWaitingSeconds: number | null;
    pricingP50Seconds: number | null;
    pricingP95Seconds: number | null;
    ordersByStatus: ({
      status: OrderStatus;
      count: number;
    })[];
    queues: ({
      name: string;
      waiting: number;
      inProgress: number;
    })[];
  };
};

export type WatchWorkshopVariables = Record<string, never>;

export const WatchWorkshop: Operation<WatchWorkshopData, WatchWorkshopVariables> = {
  kind: 'subscription',
  name: 'WatchWorkshop',
  text: `subscription WatchWorkshop {
  dashboard {
    asOf
    atRisk
    oldestWaitingSeconds
    pricingP50Seconds
    pricingP95Seconds
    ordersByStatus {
      status
      count
    }
    queues {
      name
      waiting
      inProgress
    }
  }
}`,
};

export type OperatorWorkData = {
  workQueue: {
    nodes: ({
      status: OrderStatus;
      takenAt: string | null;
      promisedAt: string | null;
      operator: {
        name: string;
      } | null;
      order: {
        id: string;
        number: string;
        alloy: string;
        finish: string;
        quantity: number;
      };
    })[];
    pageInfo: {
      hasNextPage: boolean;
      endCursor: string | null;
    };
  } | null;
};

export type OperatorWorkVariables = Record<string, never>;

export const OperatorWork: Operation<OperatorWorkData, OperatorWorkVariables> = {
  kind: 'query',
  name: 'OperatorWork',
  text: `query OperatorWork {
  workQueue(first: 10) {
    nodes {
      status
      takenAt
      promisedAt
      operator {
        name
      }
      order {
        id
        number
        alloy
        finish
        quantity
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`,
};

export type TakeWorkData = {
  takeOrder: ({
    id: string;
    status: OrderStatus;
    version: number;
  }) | ({
    code: string;
    message: string;
  });
};

export type TakeWorkVariables = {
  id: string;
};

export const TakeWork: Operation<TakeWorkData, TakeWorkVariables> = {
  kind: 'mutation',
  name: 'TakeWork',
  text: `mutation TakeWork($id: ID!) {
  takeOrder(id: $id) {
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
