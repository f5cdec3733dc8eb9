// Made by `npm run operations -w web` from the `.graphql` files and the schema; not edited by hand.
// biome-ignore-all format: generated
import type { Operation } from '../client/operation.ts';
import type { OrderStatus, PricingStage, System } from '../client/schema.ts';
import type { OrderCard } from '../order/operations.ts';

export type CurrentBudgetData = {
  budget: {
    maximumAvailable: number;
    currentlyAvailable: number;
    restoreRate: number;
  } | null;
};

export type CurrentBudgetVariables = Record<string, never>;

export const CurrentBudget: Operation<CurrentBudgetData, CurrentBudgetVariables> = {
  kind: 'query',
  name: 'CurrentBudget',
  text: `query CurrentBudget {
  budget {
    maximumAvailable
    currentlyAvailable
    restoreRate
  }
}`,
};

export type PartnerOrdersData = {
  orders: {
    nodes: (OrderCard & {
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

export type PartnerOrdersVariables = {
  first: number;
  after?: string | null;
};

export const PartnerOrders: Operation<PartnerOrdersData, PartnerOrdersVariables> = {
  kind: 'query',
  name: 'PartnerOrders',
  text: `query PartnerOrders($first: Int!, $after: String) {
  orders(first: $first, after: $after) {
    nodes {
      ...OrderCard
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

export type NewestOrdersData = {
  orders: {
    nodes: ({
      id: string;
      number: string;
      status: OrderStatus;
      price: {
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

export type NewestOrdersVariables = Record<string, never>;

export const NewestOrders: Operation<NewestOrdersData, NewestOrdersVariables> = {
  kind: 'query',
  name: 'NewestOrders',
  text: `query NewestOrders {
  orders(first: 5) {
    nodes {
      id
      number
      status
      price {
        totalMinor
        currency
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`,
};

export type OrdersToFollowData = {
  orders: {
    nodes: ({
      number: string;
      promisedAt: string | null;
      pricing: {
        stage: PricingStage;
        progress: number;
        queuePosition: number | null;
      };
      history: ({
        to: OrderStatus;
        at: string;
        system: System;
      })[];
    })[];
  };
};

export type OrdersToFollowVariables = {
  status?: (OrderStatus)[] | null;
};

export const OrdersToFollow: Operation<OrdersToFollowData, OrdersToFollowVariables> = {
  kind: 'query',
  name: 'OrdersToFollow',
  text: `query OrdersToFollow($status: [OrderStatus!]) {
  orders(first: 20, filter: {status: $status}) {
    nodes {
      number
      promisedAt
      pricing {
        stage
        progress
        queuePosition
      }
      history {
        to
        at
        system
      }
    }
  }
}`,
};

export type WhatCanBeOrderedData = {
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

export type WhatCanBeOrderedVariables = Record<string, never>;

export const WhatCanBeOrdered: Operation<WhatCanBeOrderedData, WhatCanBeOrderedVariables> = {
  kind: 'query',
  name: 'WhatCanBeOrdered',
  text: `query WhatCanBeOrdered {
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

export type MyBudgetData = {
  me: {
    id: string;
    name: string;
  } | null;
  budget: {
    maximumAvailable: number;
    currentlyAvailable: number;
    restoreRate: number;
  } | null;
};

export type MyBudgetVariables = Record<string, never>;

export const MyBudget: Operation<MyBudgetData, MyBudgetVariables> = {
  kind: 'query',
  name: 'MyBudget',
  text: `query MyBudget {
  me {
    id
    name
  }
  budget {
    maximumAvailable
    currentlyAvailable
    restoreRate
  }
}`,
};

export type AnnounceModelData = {
  createModelUpload: ({
    uploadUrl: string;
    expiresAt: string;
    model: {
      id: string;
    };
  }) | ({
    code: string;
    message: string;
  });
};

export type AnnounceModelVariables = {
  filename: string;
  bytes: number;
};

export const AnnounceModel: Operation<AnnounceModelData, AnnounceModelVariables> = {
  kind: 'mutation',
  name: 'AnnounceModel',
  text: `mutation AnnounceModel($filename: String!, $bytes: Int!) {
  createModelUpload(filename: $filename, bytes: $bytes) {
    ... on ModelUpload {
      uploadUrl
      expiresAt
      model {
        id
      }
    }
    ... on Refusal {
      code
      message
    }
  }
}`,
};

export type PartnerOrdersMovedData = {
  myOrders: {
    version: number;
    order: {
      id: string;
      status: OrderStatus;
      version: number;
    };
  };
};

export type PartnerOrdersMovedVariables = Record<string, never>;

export const PartnerOrdersMoved: Operation<PartnerOrdersMovedData, PartnerOrdersMovedVariables> = {
  kind: 'subscription',
  name: 'PartnerOrdersMoved',
  text: `subscription PartnerOrdersMoved {
  myOrders {
    version
    order {
      id
      status
      version
    }
  }
}`,
};
