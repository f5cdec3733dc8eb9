// Made by `npm run operations -w web` from the `.graphql` files and the schema; not edited by hand.
// biome-ignore-all format: generated
import type { Operation } from '../client/operation.ts';
import type { Channel, FindingSeverity, Language, OrderStatus, PricingStage, System } from '../client/schema.ts';

export type OrderCard = {
  id: string;
  number: string;
  status: OrderStatus;
  version: number;
  channel: Channel;
  quantity: number;
  alloy: string;
  finish: string;
  createdAt: string;
  promisedAt: string | null;
  model: {
    id: string;
    filename: string;
  };
};

export type PriceDetails = {
  id: string;
  currency: string;
  quantity: number;
  unitMinor: number;
  totalMinor: number;
  vatMinor: number;
  estimate: {
    lowestMinor: number;
    highestMinor: number;
  } | null;
  tariffVersion: string;
  calculatedAt: string;
  lines: ({
    code: string;
    label: string;
    explanation: string | null;
    amountMinor: number;
  })[];
  geometry: {
    triangles: number;
    volumeMm3: number;
    areaMm2: number;
    boundingBoxMm: (number)[];
    watertight: boolean;
    shells: number;
    minWallMm: number | null;
    wallLimitMm: number | null;
    thinAreaShare: number | null;
  };
  print: {
    heightMm: number;
    layers: number;
    seconds: number;
  };
  metal: {
    alloy: string;
    castGrams: number;
    finishedGrams: number;
  };
  manufacturability: ({
    code: string;
    severity: FindingSeverity;
    message: string;
  })[];
};

export type PricingState = {
  stage: PricingStage;
  progress: number;
  reason: string | null;
  queuePosition: number | null;
  etaSeconds: number | null;
};

export type Move = {
  version: number;
  from: OrderStatus | null;
  to: OrderStatus;
  at: string;
  by: string;
  system: System;
  durationSeconds: number;
  cause: string | null;
};

export type OrderDetail = OrderCard & {
  holder: System;
  model: {
    bytes: number;
    downloadUrl: string | null;
  };
  pricing: PricingState;
  price: PriceDetails | null;
  approval: {
    priceAcceptedAt: string | null;
    priceRejectedAt: string | null;
    priceRejectedReason: string | null;
    approvedAt: string | null;
    closedAt: string | null;
  } | null;
  trackingNumber: string | null;
  history: (Move)[];
  delivery: {
    arrivesAt: string;
    late: boolean;
  } | null;
  timeline: (Stay)[];
};

export type Stay = {
  from: string;
  delaySeconds: number;
};

export type OrderByIdData = {
  order: OrderDetail | null;
};

export type OrderByIdVariables = {
  id: string;
  language: Language;
};

export const OrderById: Operation<OrderByIdData, OrderByIdVariables> = {
  kind: 'query',
  name: 'OrderById',
  text: `query OrderById($id: ID!, $language: Language!) {
  order(id: $id) {
    ...OrderDetail
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

export type OrderWallsData = {
  order: {
    price: {
      id: string;
      geometry: {
        wallMap: string | null;
      };
    } | null;
  } | null;
};

export type OrderWallsVariables = {
  id: string;
};

export const OrderWalls: Operation<OrderWallsData, OrderWallsVariables> = {
  kind: 'query',
  name: 'OrderWalls',
  text: `query OrderWalls($id: ID!) {
  order(id: $id) {
    price {
      id
      geometry {
        wallMap
      }
    }
  }
}`,
};

export type QueuePlaceData = {
  order: {
    pricing: {
      stage: PricingStage;
      queuePosition: number | null;
      etaSeconds: number | null;
    };
  } | null;
};

export type QueuePlaceVariables = {
  id: string;
};

export const QueuePlace: Operation<QueuePlaceData, QueuePlaceVariables> = {
  kind: 'query',
  name: 'QueuePlace',
  text: `query QueuePlace($id: ID!) {
  order(id: $id) {
    pricing {
      stage
      queuePosition
      etaSeconds
    }
  }
}`,
};

export type OrderCatalogueData = {
  catalogue: {
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

export type OrderCatalogueVariables = {
  language: Language;
};

export const OrderCatalogue: Operation<OrderCatalogueData, OrderCatalogueVariables> = {
  kind: 'query',
  name: 'OrderCatalogue',
  text: `query OrderCatalogue($language: Language!) {
  catalogue {
    alloys {
      code
      label(language: $language)
    }
    finishes {
      code
      label(language: $language)
    }
  }
}`,
};

export type OrderMovedData = {
  orderStatus: {
    to: OrderStatus;
    version: number;
    order: {
      id: string;
      status: OrderStatus;
      version: number;
    };
  };
};

export type OrderMovedVariables = {
  orderId: string;
};

export const OrderMoved: Operation<OrderMovedData, OrderMovedVariables> = {
  kind: 'subscription',
  name: 'OrderMoved',
  text: `subscription OrderMoved($orderId: ID!) {
  orderStatus(orderId: $orderId) {
    to
    version
    order {
      id
      status
      version
    }
  }
}`,
};

export type CancelOrderData = {
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

export type CancelOrderVariables = {
  id: string;
  reason?: string | null;
};

export const CancelOrder: Operation<CancelOrderData, CancelOrderVariables> = {
  kind: 'mutation',
  name: 'CancelOrder',
  text: `mutation CancelOrder($id: ID!, $reason: String) {
  result: cancelOrder(id: $id, reason: $reason) {
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
